package extract

import (
	"strings"

	"parcelwatch/extract/shop"
)

// analyse folds the lines of a page, finds the phrases in them and marks the
// address lines, which all other readers skip.
func (p *Parser) analyse(pg *page) {
	pg.words = p.words
	if s := pg.used; s != nil {
		pg.fold, pg.marks = folded{buf: s.buf[:0], toks: s.toks[:0]}, s.marks[:0]
	}
	for i := range pg.lines {
		l := &pg.lines[i]
		l.tok0, l.mark0 = len(pg.fold.toks), len(pg.marks)
		pg.fold.add(pg.str(*l), l.start)
		l.tok1 = len(pg.fold.toks)
		p.words.stops(&pg.fold, l.tok0)
		pg.marks = p.words.phrases.find(&pg.fold, l.tok0, l.tok1, pg.marks)
		l.mark1 = len(pg.marks)
	}
	pg.cutAddresses()
}

// onePage returns a page made of one line of text, such as a subject.
func (p *Parser) onePage(s string) page {
	pg := page{text: s, lines: []line{{end: len(s)}}}
	p.analyse(&pg)
	return pg
}

func (pg *page) marksOf(l line) []mark { return pg.marks[l.mark0:l.mark1] }

// leads reports whether the line begins with a label, and at which word the
// label ends.
func (pg *page) leads(l line, want label) (int, bool) {
	end, found := l.tok0, false
	for _, m := range pg.marksOf(l) {
		if m.label == want && pg.leading(l, m.first) && m.last+1 > end {
			end, found = m.last+1, true
		}
	}
	return end, found
}

// leading reports whether only stop words precede the word in its line.
func (pg *page) leading(l line, tok int) bool {
	for i := l.tok0; i < tok; i++ {
		if pg.fold.toks[i].stop == 0 {
			return false
		}
	}
	return true
}

// weight counts the words in a range that are neither stop words nor numbers.
func (pg *page) weight(from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		if t := pg.fold.toks[i]; t.stop == 0 && t.digits < 8 {
			n++
		}
	}
	return n
}

const (
	maxAddress  = 5  // lines of an address after its label
	longestLine = 90 // bytes of an address line
	shortLabel  = 4  // words of a line that is a label rather than a sentence
)

// cutAddresses marks the lines of the "Ship to" block: those after its label
// or, in an unknown language, those around the phone number that ends the
// block.
func (pg *page) cutAddresses() {
	for i := 0; i < len(pg.lines); i++ {
		l := pg.lines[i]
		end, ok := pg.leads(l, labelShipTo)
		switch {
		case ok && pg.weight(end, l.tok1) == 0:
			i = pg.cutBehind(i)
		case ok && l.end-l.start < 2*longestLine:
			pg.lines[i].role = shop.RoleAddress
			if !phone(pg.str(l)) {
				i = pg.cutBehind(i)
			}
		case phone(pg.str(l)) && l.end-l.start < longestLine:
			pg.lines[i].role = shop.RoleAddress
			pg.cutBefore(i)
		}
	}
}

// cutBehind marks the address after line i and returns its last line.
func (pg *page) cutBehind(i int) int {
	pg.lines[i].role = shop.RoleAddress
	for k := i + 1; k < len(pg.lines) && k <= i+maxAddress; k++ {
		l := pg.lines[k]
		if !pg.addressLine(l) {
			return k - 1
		}
		pg.lines[k].role = shop.RoleAddress
		if phone(pg.str(l)) {
			return k
		}
	}
	return min(i+maxAddress, len(pg.lines)-1)
}

// cutBefore marks the street and town above a line with name and phone.
func (pg *page) cutBefore(i int) {
	for k := i - 1; k >= 0 && k >= i-2; k-- {
		if l := pg.lines[k]; !pg.addressLine(l) || l.role != shop.RolePlain || quantity(pg.str(l)) > 0 {
			return
		}
		pg.lines[k].role = shop.RoleAddress
	}
}

// addressLine reports whether a line may be part of an address: it is short and
// not known to be anything else.
func (pg *page) addressLine(l line) bool {
	if l.end-l.start > longestLine || l.role == shop.RoleTitle || l.role == shop.RoleVariant {
		return false
	}
	for _, m := range pg.marksOf(l) {
		if m.ends(pg.leading(l, m.first)) {
			return false
		}
	}
	return true
}

// ends reports whether a phrase shows that the address is over.
func (m mark) ends(leading bool) bool {
	switch m.label {
	case labelNumber, labelLogistics, labelETA, labelItems, labelGreeting:
		return true
	case labelOrder, labelPackage:
		return leading
	case labelStep:
		return m.tokens() >= 2 && m.length >= 6
	default:
		return false
	}
}

// phone reports whether a line contains a number in the format the shop uses
// for phones: "(+49) 0000000000".
func phone(s string) bool {
	i := strings.Index(s, "(+")
	if i < 0 {
		return false
	}
	j := strings.IndexByte(s[i:], ')')
	return j >= 3 && j <= 8 && countDigits(s[i:i+j]) >= 1 && countDigits(s[i+j:]) >= 5
}

// labelBefore returns the label that ends right before a word, and its last word.
// Articles, numbering words and one line break may come between them.
func (pg *page) labelBefore(tok int) (label, int, bool) {
	i := tok - 1
	for steps := 0; i >= 0 && steps < 5; steps++ {
		if m, ok := pg.endingAt(i); ok {
			if m.label != labelFiller {
				return m.label, i, true
			}
			i = m.first - 1
			continue
		}
		if pg.fold.toks[i].stop == 0 {
			return 0, 0, false
		}
		i--
	}
	return 0, 0, false
}

// endingAt returns the longest label that ends at a word and describes what
// follows it.
func (pg *page) endingAt(tok int) (mark, bool) {
	var best mark
	found := false
	for k := pg.markFrom(tok - 8); k < len(pg.marks) && pg.marks[k].first <= tok; k++ {
		m := pg.marks[k]
		if m.last != tok || !names(m.label) {
			continue
		}
		if !found || m.length > best.length || m.length == best.length && m.label > best.label {
			best, found = m, true
		}
	}
	return best, found
}

func names(l label) bool {
	return l == labelOrder || l == labelPackage || l == labelNumber || l == labelFiller
}

// markFrom returns the first mark that begins at or after a word.
func (pg *page) markFrom(tok int) int {
	lo, hi := 0, len(pg.marks)
	for lo < hi {
		mid := (lo + hi) / 2
		if pg.marks[mid].first < tok {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// src returns a word as written in the text.
func (pg *page) src(tok int) string {
	t := pg.fold.toks[tok]
	return pg.text[t.src0:t.src1]
}
