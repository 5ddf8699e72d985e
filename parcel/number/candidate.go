package number

import (
	"strings"
	"unicode/utf8"

	"parcelwatch/internal/textx"
)

// Candidate is a part of a text that may be a tracking number.
type Candidate struct {
	Number   Number
	Family   Family
	Strength Strength
	Check    Check
	// Start and End are byte offsets in the text.
	Start, End int
}

// maxCandidates limits the candidates of each strength in one text.
const maxCandidates = 64

// Candidates finds possible tracking numbers in running text, in text order. [High]
// candidates can be used as they are; all others need a label that says they are
// tracking numbers. Digits alone and forms with a wrong check digit are always
// [Low]. Web and email addresses are skipped, because ids of all kinds in them look
// like numbers. Time is linear in the length of the text; the output is bounded.
func Candidates(text string) []Candidate {
	s := scanner{text: text}
	for s.pos < len(text) {
		c := text[s.pos]
		switch {
		case !alnum(c):
			s.pos++
		case s.link():
			s.pos = linkEnd(text, s.pos)
		default:
			s.word()
		}
	}
	return s.found
}

// scanner passes over a text once.
type scanner struct {
	text  string
	pos   int
	found []Candidate
	count [High + 1]int
}

// link reports whether a web address begins here.
func (s *scanner) link() bool {
	rest := s.text[s.pos:]
	return hasPrefixFold(rest, "http://") || hasPrefixFold(rest, "https://") || hasPrefixFold(rest, "www.")
}

// word examines the word that begins here and moves past it.
func (s *scanner) word() {
	start := s.pos
	if end, ok := s.s10(start); ok {
		s.pos = end
		return
	}
	w := readWord(s.text, start)
	s.pos = w.end
	switch {
	case w.long || !s.bounded(start, w.end):
	case w.digits == 3 && w.letters == 0:
		s.dashed(start, w.end)
	case w.padded && !hasForm(w.canonical()):
		// Invisible characters may also stand between two words.
		s.parts(w)
	default:
		s.add(w)
	}
}

// parts adds the pieces of a word between its invisible characters.
func (s *scanner) parts(w word) {
	for at := w.start; at < w.end; {
		if size := invisibleAt(s.text, at); size > 0 {
			at += size
			continue
		}
		part := word{text: s.text, start: at}
		for at < w.end && alnum(s.text[at]) {
			part.count(s.text[at])
			at++
		}
		part.end = at
		s.add(part)
	}
}

// add records a word if its form is known.
func (s *scanner) add(w word) {
	// The shortest form has eight digits; text of mixed case is code or a hash.
	if w.digits < 8 || w.digits+w.letters > maxNumber || w.lower > 0 && w.lower < w.letters {
		return
	}
	if w.letters == 0 && s.quantity(w.start, w.end) {
		return
	}
	s.emit(w.canonical(), w.start, w.end)
}

// emit records a candidate if its form is known and the limit is not reached.
func (s *scanner) emit(n Number, start, end int) {
	m, ok := n.best()
	if !ok || s.count[m.strength()] >= maxCandidates {
		return
	}
	s.count[m.strength()]++
	s.found = append(s.found, Candidate{
		Number: n, Family: m.form.family, Strength: m.strength(), Check: m.check, Start: start, End: end,
	})
}

// bounded reports whether the word is not part of an identifier, a parameter value
// or an email address. Digits followed by an underscore are accepted: some sellers
// put their order id before the number.
func (s *scanner) bounded(start, end int) bool {
	if start > 0 {
		switch s.text[start-1] {
		case '=', '&', '%', '@':
			return false
		case '_':
			before := start - 1
			for before > 0 && digit(s.text[before-1]) {
				before--
			}
			return before < start-1 && (before == 0 || !alnum(s.text[before-1]) && s.text[before-1] != '_')
		}
	}
	return end == len(s.text) || !strings.ContainsRune("_@=", rune(s.text[end]))
}

// quantity reports whether digits belong to a price, a measure or a phone number.
func (s *scanner) quantity(start, end int) bool {
	if start > 0 && s.text[start-1] == '+' {
		return true
	}
	if start > 1 && (s.text[start-1] == '.' || s.text[start-1] == ',') && digit(s.text[start-2]) {
		return true
	}
	return end+1 < len(s.text) && (s.text[end] == '.' || s.text[end] == ',') && digit(s.text[end+1])
}

// dashed records 714-1098112, the only form that contains a dash.
func (s *scanner) dashed(start, end int) {
	const tail = 8
	if end+tail > len(s.text) || s.text[end] != '-' || start > 0 && s.text[start-1] == '-' {
		return
	}
	rest := s.text[end+1 : end+tail]
	for i := range len(rest) {
		if !digit(rest[i]) {
			return
		}
	}
	if after := end + tail; after == len(s.text) || !alnum(s.text[after]) && s.text[after] != '-' {
		s.emit(Number(s.text[start:after]), start, after)
		s.pos = after
	}
}

// s10 records an S10 number that begins here, also if it is printed in groups
// ("RB 123 456 785 CN"). A grouped number must have capitals, a right check digit
// and a known suffix. s10 reads a bounded part of the text.
func (s *scanner) s10(start int) (int, bool) {
	var shape [13]byte
	groups, at := false, start
	for i := range shape {
		if i > 0 {
			next, blank := between(s.text, at)
			groups, at = groups || blank, next
		}
		if at >= len(s.text) {
			return 0, false
		}
		c := s.text[at]
		if inner := i >= 2 && i < 11; inner && !digit(c) || !inner && (c < 'A' || c > 'Z') {
			return 0, false
		}
		shape[i] = c
		at++
	}
	n := Number(shape[:])
	if !groups || at < len(s.text) && alnum(s.text[at]) || !s.bounded(start, at) {
		return 0, false // unbroken: handled by word
	}
	m, ok := n.best()
	if !ok || m.strength() != High || !strings.ContainsRune("CEHLRUV", rune(n[0])) {
		return 0, false
	}
	s.emit(n, start, at)
	return at, true
}

// between skips what may separate two characters of a number: one blank or dash and
// any invisible characters.
func between(text string, at int) (next int, blank bool) {
	for at < len(text) {
		size := invisibleAt(text, at)
		if size == 0 && !blank {
			size = blankAt(text, at)
			blank = size > 0
		}
		if size == 0 {
			break
		}
		at += size
	}
	return at, blank
}

// hasForm reports whether the number has a known form.
func hasForm(n Number) bool {
	_, ok := n.best()
	return ok
}

// word is a run of letters and digits that may contain invisible characters.
type word struct {
	text                   string
	start, end             int
	letters, lower, digits int
	padded, long           bool
}

// readWord reads the word that begins at start.
func readWord(text string, start int) word {
	w := word{text: text, start: start}
	at := start
	for at < len(text) {
		if alnum(text[at]) {
			w.count(text[at])
			at++
			w.end = at
			continue
		}
		size := invisibleAt(text, at)
		if size == 0 {
			break
		}
		at += size
	}
	// Trailing padding does not belong to the word.
	w.padded = w.end-start > w.letters+w.digits
	w.long = w.letters+w.digits > 4*maxNumber
	return w
}

func (w *word) count(c byte) {
	switch {
	case digit(c):
		w.digits++
	case c >= 'a':
		w.lower++
		fallthrough
	default:
		w.letters++
	}
}

// canonical returns the word as a number.
func (w *word) canonical() Number {
	var b strings.Builder
	for i := w.start; i < w.end && b.Len() <= maxNumber; i++ {
		if c := w.text[i]; alnum(c) {
			if c >= 'a' {
				c -= 'a' - 'A'
			}
			b.WriteByte(c)
		}
	}
	return Number(b.String())
}

// linkEnd returns the end of the web address that begins at pos.
func linkEnd(text string, pos int) int {
	for pos < len(text) {
		switch c := text[pos]; {
		case c <= ' ', c == '<', c == '>', c == '"':
			return pos
		case blankAt(text, pos) > 1:
			return pos
		}
		pos++
	}
	return pos
}

// blankAt returns the size in bytes of the blank or dash at an offset, and 0 if
// there is none. A line end does not count.
func blankAt(text string, at int) int {
	switch c := text[at]; {
	case c == ' ', c == '\t', c == '-':
		return 1
	case c < utf8.RuneSelf:
		return 0
	}
	switch r, size := utf8.DecodeRuneInString(text[at:]); r {
	case '\u00a0', '\u2009', '\u202f', '\u2010', '\u2011':
		return size
	default:
		return 0
	}
}

// invisibleAt returns the size in bytes of the invisible character at an offset, and
// 0 if there is none.
func invisibleAt(text string, at int) int {
	if text[at] < utf8.RuneSelf {
		return 0
	}
	if r, size := utf8.DecodeRuneInString(text[at:]); textx.Invisible(r) {
		return size
	}
	return 0
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func alnum(c byte) bool {
	return digit(c) || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
