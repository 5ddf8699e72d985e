package extract

import "strings"

// head is where a copied mail begins in a forwarded text: its copied header or
// a line that says who wrote it. What follows, up to the next head, is the text
// of that mail.
type head struct {
	first, last int // lines
	by          author
	subject     string
}

// author says who wrote what follows a head.
type author uint8

const (
	byOther author = iota
	byShop
	byName // only the display name is the shop's
)

const (
	maxFields    = 10  // of a copied header
	maxFieldLine = 600 // bytes; some programs copy the header on one line
	maxWritten   = 300 // bytes of a line that says who wrote the text
	maxWrapped   = 3   // lines over which such a line is wrapped
	dateDigits   = 3   // of a date
)

// heads returns the heads of a page. It recognises them by their form and by
// the place of addresses, so that it works in every language. Outer is the
// subject of the forwarding mail, for mails without a copied subject.
func (p *Parser) heads(pg *page, outer string) []head {
	var out []head
	outer = withoutReplyMarks(outer)
	mark := "" // the line of dashes above the last head
	for i := 0; i < len(pg.lines); i++ {
		h, ok := p.header(pg, i, outer)
		if !ok {
			h, ok = p.written(pg, i)
		}
		s := pg.str(pg.lines[i])
		switch {
		case ok:
			mark = ""
			if i > 0 {
				mark = rules(pg.str(pg.lines[i-1]))
			}
			if h.subject == "" {
				h.subject = outer
			}
			out = append(out, h)
			i = h.last
		case len(out) > 0 && (mark != "" && rules(s) == mark && strings.ContainsFunc(s, isLetter) || scissors(s)):
			if last := &out[len(out)-1]; last.last == i-1 {
				last.last = i // the line between header and text
				continue
			}
			out = append(out, head{first: i, last: i})
		}
	}
	return out
}

// written parses a line that says who wrote the text below, with or without a
// date: "On 2 March 2026 at 08:12, name <address> wrote:". It may be wrapped.
func (p *Parser) written(pg *page, i int) (head, bool) {
	s := pg.str(pg.lines[i])
	if len(s) > maxWritten || strings.Contains(s, "://") {
		return head{}, false
	}
	h := head{first: i, last: i}
	if p.alone(pg, i) {
		h.by = byShop
		return h, true
	}
	if !strings.ContainsAny(s, "@<") && !strings.Contains(strings.ToLower(s), p.shop.Name()) {
		return h, false
	}
	for h.last = i; ; h.last++ {
		if strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") || strings.HasSuffix(s, ">>>") || rules(s) != "" {
			break
		}
		if h.last+1 == len(pg.lines) || h.last-i+1 == maxWrapped || len(s) > maxWritten {
			return h, false
		}
		s += " " + pg.str(pg.lines[h.last+1])
	}
	addr := addressIn(s)
	dated := countDigits(strings.ReplaceAll(s, addr, "")) >= dateDigits || i > 0 && countDigits(pg.str(pg.lines[i-1])) >= dateDigits
	switch {
	case addr != "" && p.isShop(addr):
		h.by = byShop
		return h, dated || strings.ContainsAny(s, "<([")
	case addr != "":
		return h, dated
	default:
		h.by = byName
		return h, dated && h.last == i && strings.Contains(strings.ToLower(s), p.shop.Name())
	}
}

// scissors reports whether a line marks where a copied mail is to be cut, as The
// Bat! writes it in front of the text and behind it.
func scissors(s string) bool {
	return strings.HasPrefix(strings.TrimLeft(s, "=-"), "8<") && rules(s) != ""
}

// alone reports whether a line is nothing but the shop's name and address, as
// copied from a mail program's window, or stands below a line of dashes.
func (p *Parser) alone(pg *page, i int) bool {
	s := pg.str(pg.lines[i])
	open := strings.IndexAny(s, "<[")
	if open < 0 || len(s) > 160 || !p.isShop(addressIn(s)) {
		return false
	}
	before := strings.TrimSpace(s[:open])
	return before == "" || p.isBrand(before) || i > 0 && rules(pg.str(pg.lines[i-1])) != "" && !strings.HasSuffix(before, ":")
}
