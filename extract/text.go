package extract

import (
	"bytes"
	"strings"
)

// readText turns plain text into a page. Link addresses are removed from the
// text, because their digits are neither orders nor parcels, and are parsed as
// links. Columns separated by tabs, bars or several spaces become table cells.
func (p *Parser) readText(src []byte, f flow) page {
	b := newBuilder(p.scratch())
	var links []link
	for l := range f.lines(src) {
		if ruled(l.text) {
			continue
		}
		cells := columns(bytes.TrimRight(l.text, " \t"))
		if len(cells) > 1 {
			b.row++
		}
		for i, cell := range cells {
			b.col = i + 1
			if len(cells) == 1 {
				b.col = 0
			}
			row := b.row
			if len(cells) == 1 {
				b.row = 0
			}
			links = p.addText(&b, cell, links, l.off, l.end)
			b.row = row
			b.newline()
		}
	}
	pg := b.page()
	pg.links = links
	return pg
}

// addText adds one cell and parses the addresses in it.
func (p *Parser) addText(b *builder, s []byte, links []link, off, end int) []link {
	for {
		i := bytes.Index(s, []byte("://"))
		if i < 4 {
			b.add(s, off, end)
			return links
		}
		start := i - 4
		if start > 0 && (s[i-1]|0x20) == 's' {
			start--
		}
		if !strings.EqualFold(string(s[start:start+4]), "http") {
			b.add(s[:i+3], off, end)
			s = s[i+3:]
			continue
		}
		stop := bytes.IndexAny(s[i:], " \t<>\"'()[]{}")
		if stop < 0 {
			stop = len(s) - i
		}
		b.add(bytes.TrimSuffix(s[:start], []byte("<")), off, end)
		if l := p.readLink(string(s[start:min(i+stop, start+maxLinkLen)]), 0); !l.empty() {
			if l.says() && len(links) < maxLinks {
				l.line, l.last = b.next(), b.next()
				links = append(links, l)
			}
			b.site(l, off, end)
		}
		b.space()
		s = bytes.TrimPrefix(s[i+stop:], []byte(">"))
	}
}

// site replaces the address of a foreign site by the site's name, so that
// tracking sites are shown by name.
func (b *builder) site(l link, off, end int) {
	if !l.shop {
		b.space()
		b.add([]byte(l.host), off, end)
	}
}

// unquoted removes the quote marks of a reply from a line.
func unquoted(s []byte) []byte {
	for range 8 {
		t := bytes.TrimLeft(s, " ")
		if len(t) == 0 || t[0] != '>' {
			return s
		}
		s = bytes.TrimPrefix(t[1:], []byte(" "))
	}
	return s
}

// ruled reports whether a line is drawn between the rows of a table.
func ruled(s []byte) bool {
	return bytes.ContainsAny(s, "+|┼├╠╬") && len(bytes.Trim(s, "+-=| \t\r\n─━═│║┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╪╞╡")) == 0
}

// columns splits a line of a plain-text table.
func columns(s []byte) [][]byte {
	if bytes.ContainsAny(s, "│┃║") {
		s = []byte(strings.NewReplacer("│", "|", "┃", "|", "║", "|").Replace(string(s)))
	}
	var out [][]byte
	start := 0
	add := func(end int) {
		if cell := bytes.Trim(s[start:end], " \t|"); len(cell) > 0 && len(out) < 12 {
			out = append(out, cell)
		}
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\t' || s[i] == '|':
			add(i)
			start = i + 1
		case s[i] == ' ' && i+2 < len(s) && s[i+1] == ' ' && s[i+2] == ' ':
			add(i)
			for i+1 < len(s) && s[i+1] == ' ' {
				i++
			}
			start = i
		}
	}
	add(len(s))
	return out
}
