package extract

import (
	"strings"
	"unicode/utf8"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/textx"
)

// page is the visible text of one body as lines, with their words folded for
// comparison and the phrases and labels found in them.
type page struct {
	text  string
	lines []line
	links []link
	fold  folded
	marks []mark // ordered by first word
	words *vocabulary
	used  *scratch
}

// scratch is the working memory of one page. It is reused for later mails
// unless a hostile mail has made it too large.
type scratch struct {
	text  []byte
	lines []line
	buf   []byte
	toks  []token
	marks []mark
	lean  []byte
}

const (
	keptText  = 32 << 10
	keptLines = 1 << 10
	keptWords = 8 << 10
)

func (p *Parser) scratch() *scratch {
	if s, ok := p.pool.Get().(*scratch); ok {
		return s
	}
	return &scratch{
		text: make([]byte, 0, 8<<10), lean: make([]byte, 0, 32<<10), lines: make([]line, 0, 256),
		buf: make([]byte, 0, 8<<10), toks: make([]token, 0, 1<<10), marks: make([]mark, 0, 128),
	}
}

// release returns the working memory of pages to the pool. Afterwards only
// their texts, which are strings, may be used.
func (p *Parser) release(pages []page) {
	for i := range pages {
		pg := &pages[i]
		s := pg.used
		if s == nil {
			continue
		}
		s.lines, s.buf, s.toks, s.marks = pg.lines[:0], pg.fold.buf[:0], pg.fold.toks[:0], pg.marks[:0]
		pg.used = nil
		if cap(s.text) <= keptText && cap(s.lines) <= keptLines && cap(s.buf) <= keptText && cap(s.lean) <= 4*keptText && cap(s.toks) <= keptWords && cap(s.marks) <= keptWords {
			p.pool.Put(s)
		}
	}
}

// line is one line of a page. Row and col are its position in a table; row is 0
// outside of tables.
type line struct {
	start, end   int // in page.text
	row, col     int
	role         shop.Role
	tok0, tok1   int // its words in page.fold.toks
	mark0, mark1 int // its phrases in page.marks
	src0, src1   int // its first and last byte in the source, for Redact
}

const (
	maxText  = 48 << 10 // bytes of visible text that are kept
	maxLines = 4000
)

func (pg *page) str(l line) string { return pg.text[l.start:l.end] }

// builder collects the text of a page and collapses white space.
type builder struct {
	used  *scratch
	text  []byte
	lines []line
	open  bool // text may be appended to the last line
	gap   bool // write a space before the next letter
	row   int
	col   int
	role  shop.Role
	full  bool
}

// add appends text to the line. It drops invisible characters and turns every
// kind of white space into one space. Off is the offset of the text in the
// source.
func (b *builder) add(s []byte, off, end int) {
	for i := 0; i < len(s); {
		c := s[i]
		if c <= ' ' || c == 0x7f {
			b.gap = true
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b.put(s[i:i+1], off, end)
			i++
			continue
		}
		r, w := utf8.DecodeRune(s[i:])
		switch {
		case textx.Invisible(r):
		case blank(r):
			b.gap = true
		case r == utf8.RuneError && w == 1:
			b.put([]byte("\uFFFD"), off, end)
		case plain(r) != r:
			b.put([]byte(string(plain(r))), off, end)
		default:
			b.put(s[i:i+w], off, end)
		}
		i += w
	}
}

// blank reports whether r is a space of any width or a line break.
func blank(r rune) bool {
	return r == 0xa0 || r == 0x3000 || r >= 0x2000 && r <= 0x200a || r == 0x202f || r == 0x205f || r == 0x2028 || r == 0x2029 || r == 0x85
}

// plain returns the ASCII form of a digit of another script and of a full-width
// digit, capital or dash, as Chinese and Japanese programs write numbers; any
// other rune is returned unchanged.
func plain(r rune) rune {
	switch {
	case r < 0x660:
		return r
	case r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r == '－':
		return r - ('０' - '0')
	}
	for _, zero := range []rune{0x660, 0x6f0, 0x966, 0x9e6, 0xe50} { // Arabic, Persian, Hindi, Bengali, Thai
		if r >= zero && r <= zero+9 {
			return '0' + r - zero
		}
	}
	return r
}

// narrow returns a text with ASCII digits, capitals and spaces, and without
// invisible characters.
func narrow(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 }) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case blank(r):
			return ' '
		case textx.Invisible(r):
			return -1
		default:
			return plain(r)
		}
	}, s)
}

func (b *builder) put(c []byte, off, end int) {
	if len(b.text) >= maxText || len(b.lines) >= maxLines {
		b.full = true
		return
	}
	if !b.open && c[0] == '>' {
		return // the quote mark of a reply
	}
	if !b.open {
		b.lines = append(b.lines, line{start: len(b.text), row: b.row, col: b.col, role: b.role, src0: off})
		b.open, b.gap = true, false
	}
	l := &b.lines[len(b.lines)-1]
	if b.gap {
		b.text = append(b.text, ' ')
		b.gap = false
	}
	b.text = append(b.text, c...)
	l.end, l.src1 = len(b.text), end
	if b.role != shop.RolePlain {
		l.role = b.role
	}
}

// space separates the text before and after, so that numbers in adjacent
// elements do not run together.
func (b *builder) space() { b.gap = true }

func (b *builder) newline() {
	if b.open {
		b.text = append(b.text, '\n')
	}
	b.open, b.gap = false, false
}

// next returns the index of the line that text added now belongs to.
func (b *builder) next() int {
	if b.open {
		return len(b.lines) - 1
	}
	return len(b.lines)
}

func newBuilder(s *scratch) builder {
	return builder{used: s, text: s.text[:0], lines: s.lines[:0]}
}

func (b *builder) page() page {
	b.used.text = b.text[:0]
	return page{text: string(b.text), lines: b.lines, used: b.used}
}
