package extract

import (
	"strings"
)

// headerSpan is the maximum number of lines in the copied header of a forwarded
// mail.
const headerSpan = 12

// forwarded finds a mail of the shop that was forwarded inline: its header is
// in the text as lines of "From:" and "Subject:", in any language. Text above
// the header was written by the forwarder and is not read.
func (p *Parser) forwarded(outer string, pages []page) (string, []page, bool) {
	for i := range pages {
		pg := &pages[i]
		at, ok := p.copiedFrom(pg)
		if !ok {
			continue
		}
		text, last := pg.copiedSubject(at)
		if text == "" {
			text = withoutReplyMarks(outer)
		}
		inner := make([]page, 0, len(pages))
		inner = append(inner, p.below(pg, max(at, last)+1))
		for k := i + 1; k < len(pages); k++ {
			if at, ok := p.copiedFrom(&pages[k]); ok {
				_, last := pages[k].copiedSubject(at)
				inner = append(inner, p.below(&pages[k], max(at, last)+1))
			}
		}
		return text, inner, true
	}
	return "", nil, false
}

// copiedFrom returns the line of a copied header that names the shop as sender.
func (p *Parser) copiedFrom(pg *page) (int, bool) {
	for i, l := range pg.lines {
		s := pg.str(l)
		if len(s) > 300 || !strings.Contains(s, "@") || !p.namesShop(s) {
			continue
		}
		if _, ok := pg.leads(l, labelFrom); ok {
			return i, true
		}
		// An attribution line, in any language: "date, name <address>:".
		if end := strings.TrimRight(s, " \u00a0"); strings.HasSuffix(end, ":") || strings.HasSuffix(end, "：") {
			return i, true
		}
		if i > 0 {
			if _, ok := pg.leads(pg.lines[i-1], labelFrom); ok && pg.lines[i-1].end-pg.lines[i-1].start < 24 {
				return i, true
			}
		}
		// A language without a known label: "word: name <address>".
		if head, _, ok := strings.Cut(s, ":"); ok && len([]rune(head)) <= 20 && !strings.Contains(head, "@") && pg.headerLike(i) {
			return i, true
		}
	}
	return 0, false
}

// headerLike reports whether the lines around line i are also "word: value".
func (pg *page) headerLike(i int) bool {
	n := 0
	for k := max(0, i-3); k < min(len(pg.lines), i+4); k++ {
		if head, value, ok := strings.Cut(pg.str(pg.lines[k]), ":"); ok && len([]rune(head)) <= 24 && strings.TrimSpace(value) != "" {
			n++
		}
	}
	return n >= 3
}

func (p *Parser) namesShop(s string) bool {
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>()[],;\"'*", r) }) {
		w = strings.TrimPrefix(strings.TrimSuffix(w, "."), "mailto:")
		if strings.Contains(w, "@") && p.isShop(w) {
			return true
		}
	}
	return false
}

// copiedSubject returns the subject of the copied header around a line, and the
// line it is on.
func (pg *page) copiedSubject(at int) (string, int) {
	for k := max(0, at-headerSpan); k < min(len(pg.lines), at+headerSpan); k++ {
		l := pg.lines[k]
		end, ok := pg.leads(l, labelSubject)
		if !ok {
			continue
		}
		rest := strings.TrimLeft(pg.text[pg.after(l, end):l.end], " :：*\u00a0")
		if rest == "" && k+1 < len(pg.lines) {
			rest = pg.str(pg.lines[k+1])
			k++
		}
		return rest, k
	}
	return "", -1
}

// below returns the part of a page that starts at a line.
func (p *Parser) below(pg *page, from int) page {
	if from >= len(pg.lines) {
		return page{}
	}
	off := pg.lines[from].start
	out := page{text: pg.text[off:]}
	for _, l := range pg.lines[from:] {
		l.start -= off
		l.end -= off
		out.lines = append(out.lines, l)
	}
	for _, l := range pg.links {
		if l.line >= from {
			l.line -= from
			l.last -= from
			out.links = append(out.links, l)
		}
	}
	p.analyse(&out)
	return out
}

// pasted reports whether a text contains a "Logistics Information" block, which
// a user has copied from the shop's pages without a mail header.
func (pg *page) pasted() bool {
	for _, m := range pg.marks {
		if m.label == labelLogistics {
			return true
		}
	}
	return false
}
