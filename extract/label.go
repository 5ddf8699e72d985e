package extract

import (
	"strings"

	"parcelwatch/parcel/number"
)

const headDistance = 60 // maximum lines between a column's head and its values

// labelOf returns the label of a value: the head of its column if the table has
// a row of labels, else the label right before it.
func (pg *page) labelOf(l line, tok int) (label, bool) {
	if l.row > 0 {
		if kind, ok := pg.columnLabel(l); ok {
			return kind, true
		}
	}
	return pg.labelBefore(tok)
}

// columnLabel returns the label at the head of a cell's column. The search
// stops at the heads of another table.
func (pg *page) columnLabel(cell line) (label, bool) {
	at := pg.lineIndex(cell.start)
	for i := at - 1; i >= 0 && i >= at-headDistance; i-- {
		l := pg.lines[i]
		switch {
		case l.row == 0:
			return 0, false
		case l.row == cell.row || l.col != cell.col:
			continue
		}
		for k := l.tok1 - 1; k >= l.tok0; k-- {
			if m, ok := pg.endingAt(k); ok && m.label != labelFiller && pg.headRow(i) && pg.leading(l, m.first) {
				return m.label, true
			}
		}
		if pg.headRow(i) {
			return 0, false // the head of this column is not a label
		}
	}
	return 0, false
}

// saidOfOrder reports whether a sentence mentions the number of an order: "the
// tracking number of your order 8190000000001234 is 520600009876".
func (r *reading) saidOfOrder(pg *page, l line, tok int) bool {
	if !tokenForm(pg.src(tok)) {
		return false
	}
	orders := 0
	for i := tok - 1; i >= l.tok0; i-- {
		if m, ok := pg.endingAt(i); ok && m.label == labelNumber {
			return orders == 1
		}
		if pg.fold.toks[i].digits < 6 {
			continue
		}
		if orders++; !r.isOrder(pg.src(i)) {
			return false
		}
	}
	return false
}

const maxGroup = 6 // letters and digits in one group of a number printed in groups

// grouped adds a tracking number that is printed in groups after a label, and
// returns its last word. Spaces between groups are dropped; dashes are part of
// the number.
func (r *reading) grouped(pg *page, l line, tok int) (int, bool) {
	if pg.fold.toks[tok].digits == 0 && !capitals(pg.src(tok)) {
		return 0, false
	}
	last, dashed := tok, false
	for i := tok; capitals(pg.src(i)); i++ {
		last = i
		if i+1 >= l.tok1 {
			break
		}
		gap := pg.text[pg.fold.toks[i].src1:pg.fold.toks[i+1].src0]
		if gap != "-" && (gap != " " || dashed || max(len(pg.src(i)), len(pg.src(i+1))) > maxGroup) {
			break
		}
		dashed = dashed || gap == "-"
	}
	if last == tok {
		return 0, false
	}
	text := strings.ReplaceAll(pg.text[pg.fold.toks[tok].src0:pg.fold.toks[last].src1], " ", "")
	n, err := number.Parse(text)
	if err != nil || countDigits(text) < 8 || r.isOrder(text) || longTail(pg, last) || !lastDate(text).IsZero() {
		return 0, false
	}
	if kind, ok := pg.labelOf(l, tok); !ok || kind != labelNumber {
		return 0, false
	}
	r.addParcel(n)
	return last, true
}

// capitals reports whether a word consists of digits and capital letters.
func capitals(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
