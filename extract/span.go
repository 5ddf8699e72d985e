package extract

import (
	"strings"

	"parcelwatch/parcel/number"
)

const (
	maxGroup = 6  // letters and digits in one group of a number printed in groups
	maxSpan  = 40 // words of a number; markup may put each letter into an element of its own

	minNumber = 8 // letters and digits of a number
	minHalf   = 4 // of the first part of a number that is broken over two lines
)

// grouped returns a tracking number that is printed in groups after a label or
// broken over several lines, and its last word. Spaces between groups are
// dropped; dashes are part of the number.
func (r *reading) grouped(pg *page, l line, tok int) (number.Number, int, bool) {
	if !pg.opensSpan(tok) {
		return "", 0, false
	}
	text, last := pg.span(tok, formed)
	if last == tok {
		text, last = pg.halves(tok)
	}
	n, err := number.Parse(text)
	if err != nil || last == tok || countDigits(text) < 8 || r.isOrder(text) || longTail(pg, last) || !lastDate(text).IsZero() {
		return "", 0, false
	}
	kind, ok := pg.labelOf(l, tok)
	if !ok || kind != labelNumber && kind != labelPackage {
		return "", 0, false
	}
	if kind == labelPackage && !strings.Contains(text, "-") && n.Strength() < number.Medium {
		return "", 0, false
	}
	return n, last, true
}

// groupedOrder returns an order id that is printed in groups after a label or
// broken over two lines, and its last word.
func (pg *page) groupedOrder(l line, tok int) (string, int) {
	if !allDigits(pg.src(tok)) || !pg.opensSpan(tok) {
		return "", tok
	}
	text, last := pg.span(tok, func(s string) bool { return len(s) >= 14 && len(s) <= 16 && allDigits(s) })
	text = strings.ReplaceAll(text, "-", "")
	if len(text) < 14 || !allDigits(text) {
		return "", tok
	}
	if kind, ok := pg.labelOf(l, tok); !ok || kind != labelOrder {
		return "", tok
	}
	return text, last
}

// opensSpan reports whether a word can be the first group of a number: groups
// with eight digits or more follow each other.
func (pg *page) opensSpan(tok int) bool {
	if pg.fold.toks[tok].digits == 0 && pg.fold.toks[tok].end-pg.fold.toks[tok].start > maxGroup {
		return false
	}
	digits, i := 0, tok
	for ; i < len(pg.fold.toks) && i < tok+maxSpan && capitals(pg.src(i)); i++ {
		if i > tok && pg.gap(i-1) != " " && !dash(pg.gap(i-1)) && !pg.broken(i-1) {
			break
		}
		digits += pg.fold.toks[i].digits
	}
	return i > tok+1 && digits >= 8
}

// span returns the number that begins at a word, and its last word. Groups
// joined by spaces are short unless they form a number of a known form, because
// a sentence may go on in capitals. Over a line break only a known form is
// joined, and no two parts that may be numbers themselves.
func (pg *page) span(tok int, known func(string) bool) (string, int) {
	text, last := pg.src(tok), tok
	all, loose, dashed := text, true, false
	for i := tok + 1; i < len(pg.fold.toks) && i < tok+maxSpan && capitals(pg.src(i)); i++ {
		gap, word := pg.gap(i-1), pg.src(i)
		switch {
		case dash(gap):
			all, dashed = all+"-"+word, true
		case pg.broken(i-1) && joins(all, word):
			if loose = false; gap != "\n" && !known(all+word) {
				word = "-" + word
			}
			all += word
		case gap != " ":
			return text, last
		default:
			loose = loose && !dashed && max(len(pg.src(i-1)), len(word)) <= maxGroup
			all += word
		}
		if loose || known(all) {
			text, last = all, i
		}
	}
	return undashed(text), last
}

// joins reports whether two parts may form one number: at most one of them could
// be a number by itself.
func joins(all, rest string) bool {
	return len(all) < minNumber || !complete(all) && !complete(rest) || len(rest) < minNumber && !formed(all)
}

// broken reports whether only the end of a line separates a word from the next,
// within the same cell. A hyphen may mark it.
func (pg *page) broken(tok int) bool {
	gap := strings.TrimSuffix(pg.gap(tok), "\n")
	if len(gap) == len(pg.gap(tok)) || gap != "" && !dash(gap) {
		return false
	}
	above, below := pg.lines[pg.lineIndex(pg.fold.toks[tok].src0)], pg.lines[pg.lineIndex(pg.fold.toks[tok+1].src0)]
	return above.row == below.row && above.col == below.col && above.role == below.role
}

// halves returns a number of any form whose first part ends a line and whose rest
// is all of the next, if neither is long enough to be a number itself.
func (pg *page) halves(tok int) (string, int) {
	first, rest := pg.src(tok), pg.src(tok+1)
	alone := tok+2 == len(pg.fold.toks) || strings.HasPrefix(pg.gap(tok+1), "\n")
	if !pg.broken(tok) || !alone || len(first) < minHalf || len(first) >= minNumber || countDigits(first) < 3 || len(rest) >= minNumber {
		return first, tok
	}
	return first + rest, tok + 1
}

// formed reports whether a text is a number of a known form.
func formed(s string) bool {
	n := number.Number(s)
	return n.Strength() >= number.Medium || n.Check() == number.CheckOK && len(s) >= 18
}

// undashed drops the dashes of a number that is only known without them.
func undashed(text string) string {
	plain := strings.ReplaceAll(text, "-", "")
	n := number.Number(plain)
	if len(plain) == len(text) || number.Number(text).Strength() >= number.Medium {
		return text
	}
	if n.Strength() >= number.High || n.Check() == number.CheckOK && len(plain) >= 18 {
		return plain
	}
	return text
}

// dashSpan returns the words from tok on that are joined by dashes, and the last
// of them. Two numbers that are complete by themselves stay apart.
func (pg *page) dashSpan(tok, end int) (string, int) {
	text, last := pg.src(tok), tok
	for i := tok + 1; i < end && dash(pg.gap(i-1)) && capitals(pg.src(i)); i++ {
		if complete(pg.src(i-1)) || complete(pg.src(i)) {
			break
		}
		text, last = text+"-"+pg.src(i), i
	}
	return undashed(text), last
}

// complete reports whether a word is a number of a known form or an order id.
func complete(word string) bool {
	return allDigits(word) && len(word) >= 14 || len(word) >= 8 && number.Number(word).Strength() >= number.High
}

// gap returns the text between a word and the next.
func (pg *page) gap(tok int) string { return pg.text[pg.fold.toks[tok].src1:pg.fold.toks[tok+1].src0] }

// dash reports whether a text is one dash of any kind.
func dash(s string) bool {
	switch s {
	case "-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\ufe58", "\ufe63":
		return true
	default:
		return false
	}
}

// fewDigits reports whether a word may be a number with letters in most places,
// such as a Track ID of GLS. Only a label or a link can tell it from a word.
func fewDigits(s string) bool {
	return len(s) >= 8 && len(s) <= 14 && capitals(s) && countDigits(s) >= 2
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
