package extract

import (
	"strings"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

const (
	blockBehind = 30 // lines of a block after its head
	blockAround = 6  // lines around a tracking number if there is no head
	maxSender   = 80 // runes
	maxSites    = 8
	maxCells    = 12 // cells of a row on either side of a label
)

// logistics reads the "Logistics Information" block, which names the sender and
// the tracking sites. The block follows its head or surrounds a labelled
// number. The numbers in it are found by their labels, as elsewhere.
func (pg *page) logistics() parcel.Logistics {
	var out parcel.Logistics
	for i, l := range pg.lines {
		if l.role != shop.RolePlain {
			continue
		}
		if _, ok := pg.has(l, labelLogistics); ok {
			pg.block(i, min(i+blockBehind, len(pg.lines)), &out)
		}
	}
	if out.Sender == "" && len(out.Sites) == 0 {
		for i, l := range pg.lines {
			if _, ok := pg.has(l, labelNumber); ok && l.role == shop.RolePlain {
				pg.block(max(0, i-blockAround), min(i+blockAround, len(pg.lines)), &out)
			}
		}
	}
	return out
}

// block reads the labels of the lines from..to.
func (pg *page) block(from, to int, out *parcel.Logistics) {
	for i := from; i < to; i++ {
		l := pg.lines[i]
		if l.role != shop.RolePlain {
			continue
		}
		for _, m := range pg.marksOf(l) {
			switch m.label {
			case labelSender:
				if out.Sender == "" && pg.opens(l, m) {
					out.Sender = pg.sender(i, m)
				}
			case labelVia:
				if out.Sender == "" {
					out.Sender = clause(pg.text[pg.fold.toks[m.last].src1:l.end])
				}
			case labelSites:
				pg.sites(i, m, out)
			default:
			}
		}
	}
}

// opens reports whether a label is at the start of its line or cell, or after
// the end of a clause, followed by a value or by nothing.
func (pg *page) opens(l line, m mark) bool {
	if pg.leading(l, m.first) {
		return true
	}
	before := strings.TrimRight(pg.text[l.start:pg.fold.toks[m.first].src0], " ")
	return before == "" || strings.ContainsAny(before[len(before)-1:], ".:;,|(-")
}

// sender returns the value of a sender's label: the text after it, the next
// cell or line, or the cell below it if the first row of the table is all
// labels.
func (pg *page) sender(i int, m mark) string {
	l := pg.lines[i]
	if rest := pg.text[pg.fold.toks[m.last].src1:l.end]; strings.ContainsFunc(rest, letterOrDigit) {
		return clause(rest)
	}
	v, ok := pg.value(i)
	if !ok || pg.labelled(v) {
		return ""
	}
	return clause(pg.str(v))
}

// value returns the line with the value of a label that fills line i: the line
// below it if the whole row is labels, else the next one.
func (pg *page) value(i int) (line, bool) {
	l := pg.lines[i]
	if l.row == 0 || !pg.headRow(i) {
		if i+1 >= len(pg.lines) {
			return line{}, false
		}
		return pg.lines[i+1], true
	}
	for k := i + 1; k < len(pg.lines) && k < i+24; k++ {
		if v := pg.lines[k]; v.row > l.row && v.col == l.col {
			return v, true
		}
	}
	return line{}, false
}

// labelled reports whether a line is a label of the block rather than a value.
func (pg *page) labelled(l line) bool {
	for _, m := range pg.marksOf(l) {
		switch m.label {
		case labelSender, labelNumber, labelSites, labelLogistics, labelOrder, labelShipTo, labelETA:
			if pg.leading(l, m.first) {
				return true
			}
		default:
		}
	}
	return false
}

// sites adds the names of the sites after a label: in its line, below it in its
// column, or in the lines that follow.
func (pg *page) sites(i int, m mark, out *parcel.Logistics) {
	l := pg.lines[i]
	inLine := addSites(out, pg.text[pg.fold.toks[m.last].src1:l.end])
	if !inLine && l.row > 0 && pg.headRow(i) {
		for k := i + 1; k < len(pg.lines) && pg.lines[k].row <= l.row+maxSites; k++ {
			if v := pg.lines[k]; v.row > l.row && v.col == l.col {
				addSites(out, pg.str(v))
			}
		}
		return
	}
	for k := i + 1; k < len(pg.lines) && k <= i+maxSites; k++ {
		if v := pg.lines[k]; pg.labelled(v) || v.role != shop.RolePlain || !addSites(out, pg.str(v)) {
			break
		}
	}
	for _, k := range pg.links {
		if !k.shop && k.host != "" && k.line >= i && k.line <= i+2 && len(out.Sites) < maxSites {
			out.Sites = appendNew(out.Sites, k.host)
		}
	}
}

// headRow reports whether a label is in a row of labels with the values in the
// rows below.
func (pg *page) headRow(i int) bool {
	from, to := pg.rowAround(i)
	for k := from; k < to; k++ {
		if k != i && pg.labelled(pg.lines[k]) {
			return true
		}
	}
	return false
}

// addSites adds the host names in a text.
func addSites(out *parcel.Logistics, s string) bool {
	found := false
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune(",;()<>\"'|", r) }) {
		if host := hostName(w); host != "" {
			found = true
			if len(out.Sites) < maxSites {
				out.Sites = appendNew(out.Sites, host)
			}
		}
	}
	return found
}

// hostName returns the host of a word that is an address or a bare host name.
func hostName(w string) string {
	if host, _ := splitHost(w); host != "" {
		w = host
	}
	w = strings.ToLower(strings.TrimRight(w, ".:!?"))
	w, _, _ = strings.Cut(w, "/")
	w = strings.TrimPrefix(w, "www.")
	labels := strings.Split(w, ".")
	if len(labels) < 2 || len(w) > 80 {
		return ""
	}
	for _, l := range labels {
		if l == "" || strings.ContainsFunc(l, func(r rune) bool { return r != '-' && !letterOrDigit(r) }) {
			return ""
		}
	}
	if top := labels[len(labels)-1]; len(top) < 2 || countDigits(top) > 0 {
		return ""
	}
	return w
}

func letterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0xc0
}

// clause returns the text up to the end of its clause.
func clause(s string) string {
	s = strings.TrimLeft(s, " :：-–—|=\t")
	end := len(s)
	for i, r := range s {
		if strings.ContainsRune(",;(|。、，", r) || r == '.' && (i+1 == len(s) || s[i+1] == ' ') {
			end = i
			break
		}
	}
	return textx.Cut(strings.TrimSpace(s[:end]), maxSender)
}
