package extract

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"parcelwatch/extract/shop"

	xhtml "golang.org/x/net/html"
)

// addresses records the source ranges of the address lines. A label before an
// address is kept.
func (r *redactor) addresses(text []byte, isHTML bool) {
	r.spans = r.spans[:0]
	pg := r.page(text, isHTML)
	for _, l := range pg.lines {
		if l.role != shop.RoleAddress && !called(pg.str(l)) {
			continue
		}
		if _, ok := pg.leads(l, labelShipTo); ok && strings.TrimSpace(pg.addressText(l)) == "" {
			continue
		}
		r.spans = append(r.spans, span{l.src0, l.src1})
	}
}

func (r *redactor) inAddress(from, to int) bool {
	for _, s := range r.spans {
		if from < s.to && to > s.from {
			return true
		}
	}
	return false
}

// html copies markup: texts word by word, tags with their attributes.
func (r *redactor) html(text []byte) []byte {
	r.addresses(text, true)
	z := xhtml.NewTokenizer(strings.NewReader(string(text)))
	out := make([]byte, 0, len(text)+64)
	off := 0
	for {
		kind := z.Next()
		raw := string(z.Raw())
		end := off + len(raw)
		switch {
		case kind == xhtml.TextToken && r.inAddress(off, end):
			out = append(out, html.EscapeString(r.mask(html.UnescapeString(raw)))...)
		case kind == xhtml.TextToken && letterEntity(raw):
			out = append(out, html.EscapeString(r.words(html.UnescapeString(raw)))...)
		default:
			out = append(out, r.words(raw)...)
		}
		off = end
		if kind == xhtml.ErrorToken {
			return out
		}
	}
}

// letterEntity reports whether a text has letters written as entities, or a
// number that contains entities. They have to be decoded to recognise a name or
// a number.
func letterEntity(s string) bool {
	if !strings.Contains(s, "&") {
		return false
	}
	decoded := html.UnescapeString(s)
	return foreignLetters(decoded) > foreignLetters(s) || len(spreadNumbers(decoded)) > 0
}

func foreignLetters(s string) int {
	n := 0
	for _, c := range s {
		if c >= utf8.RuneSelf && unicode.IsLetter(c) {
			n++
		}
	}
	return n
}

// lines copies plain text line by line. Lines that belong together, as in a wrapped
// link, are copied as one, so that a number in them is recognised.
func (r *redactor) lines(text []byte, f flow) []byte {
	r.addresses(text, false)
	out := make([]byte, 0, len(text))
	for l := range f.lines(text) {
		line := string(text[l.off:l.end])
		if strings.Contains(strings.TrimRight(line, "\r\n"), "\n") {
			line = string(l.text) + "\r\n"
		}
		if r.inAddress(l.off, l.end) {
			out = append(out, r.mask(line)...)
		} else {
			out = append(out, r.words(line)...)
		}
	}
	return out
}
