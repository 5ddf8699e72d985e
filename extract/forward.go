package extract

import (
	"slices"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

// copied is one mail of the shop in a forwarded text: its subject and the part
// of each page that shows it. A mail in text and in HTML has two parts.
type copied struct {
	subject string
	nth     int // among the mails with this subject in one page
	pages   []page
}

const maxCopied = 20 // mails of the shop that are read from one forwarded mail

// forwarded reads the mails of the shop that were forwarded inline. Text above
// and between them was written by others and is not read.
func (p *Parser) forwarded(outer string, pages []page, n *parcel.Notice) {
	var found []copied
	open := false // the page before ends within a mail of the shop
	for i := range pages {
		heads := p.heads(&pages[i], outer)
		if len(heads) == 0 && open {
			last := &found[len(found)-1]
			last.pages = append(last.pages, p.part(&pages[i], 0, len(pages[i].lines)))
		}
		if len(heads) == 0 {
			continue
		}
		found, open = p.copies(&pages[i], heads, found)
	}
	for _, c := range found {
		in := parcel.Notice{Step: parcel.StepNone, Subject: textx.Cut(textx.Clean(c.subject), maxSubject), MessageID: n.MessageID, Sent: n.Sent}
		p.notice(in.Subject, c.pages, &in)
		merge(n, in)
	}
}

// copies adds the shop's mails of one page to those found. Open is whether the
// last of them goes on until the end of the page.
func (p *Parser) copies(pg *page, heads []head, found []copied) (_ []copied, open bool) {
	seen := map[string]int{}
	for k, h := range heads {
		to := len(pg.lines)
		if k+1 < len(heads) {
			to = heads[k+1].first
		}
		open = false
		if h.by == byOther {
			continue
		}
		part := p.part(pg, h.last+1, to)
		if h.by == byName && !part.linksToShop() && len(p.readSubject(h.subject).tokens) == 0 {
			continue
		}
		nth := seen[h.subject]
		seen[h.subject]++
		at := slices.IndexFunc(found, func(c copied) bool { return c.subject == h.subject && c.nth == nth })
		if at < 0 && len(found) < maxCopied {
			at = len(found)
			found = append(found, copied{subject: h.subject, nth: nth})
		}
		if at >= 0 {
			found[at].pages = append(found[at].pages, part)
			open = to == len(pg.lines) && at == len(found)-1
		}
	}
	return found, open
}

func (pg *page) linksToShop() bool {
	return slices.ContainsFunc(pg.links, func(l link) bool { return l.shop })
}

// part returns the lines from..to of a page as a page.
func (p *Parser) part(pg *page, from, to int) page {
	if from >= to {
		return page{}
	}
	off := pg.lines[from].start
	out := page{text: pg.text[off:pg.lines[to-1].end]}
	for _, l := range pg.lines[from:to] {
		l.start -= off
		l.end -= off
		out.lines = append(out.lines, l)
	}
	for _, l := range pg.links {
		if l.line >= from && l.line <= to { // a link without text has the next line
			l.line -= from
			l.last = min(l.last, to) - from
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
