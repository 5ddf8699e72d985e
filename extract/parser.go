package extract

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// ErrNoMail is returned if the bytes have no header field at all.
var ErrNoMail = errors.New("not an email: it has no header fields")

// maxSubject is the maximum length of a subject in runes.
const maxSubject = 300

// Options configure a [Parser].
type Options struct {
	Shop    shop.Shop
	Senders mail.Senders
	Rules   []Rule   // tried in order before anything else
	Phrases *Phrases // nil to load them; the parsers of several mailboxes can share them
}

// Parser reads mails. It keeps no state between mails and is safe for
// concurrent use.
type Parser struct {
	shop    shop.Shop
	senders mail.Senders
	rules   []rule
	words   *vocabulary
	pool    sync.Pool // of *scratch
}

// New returns a parser. An error describes an invalid rule and is meant for the
// user who wrote it.
func New(o Options) (*Parser, error) {
	p := &Parser{shop: o.Shop, senders: o.Senders}
	for _, r := range o.Rules {
		c, err := compileRule(r)
		if err != nil {
			return nil, err
		}
		p.rules = append(p.rules, c)
	}
	if o.Phrases == nil {
		var err error
		if o.Phrases, err = LoadPhrases(); err != nil {
			return nil, err
		}
	}
	p.words = &o.Phrases.vocabulary
	return p, nil
}

// Phrases are the phrases for steps and labels in all languages. They use 1.6
// MB of memory.
type Phrases struct{ vocabulary }

// LoadPhrases reads the phrase tables.
func LoadPhrases() (*Phrases, error) {
	v, err := loadVocabulary()
	if err != nil {
		return nil, fmt.Errorf("read the phrases: %w", err)
	}
	return &Phrases{*v}, nil
}

// Parse reads one mail. The verdict says how far its sender can be trusted; the
// notice of forged or foreign mail contains nothing that creates a parcel. The
// only error is [ErrNoMail]; other failures are listed in the notice's
// problems.
func (p *Parser) Parse(m mail.Message, v parcel.Verdict) (parcel.Notice, error) {
	h := m.Header
	if len(h.Fields) == 0 {
		return parcel.Notice{}, ErrNoMail
	}
	n := parcel.Notice{
		Verdict: v, Step: parcel.StepNone, Subject: h.Subject, MessageID: h.MessageID, Sent: h.Date,
	}
	from := p.origin(h, &n)
	foreign := from.Class == mail.Foreign
	if foreign && !h.Own {
		p.claims(h, &n)
	}
	if h.Own || foreign && len(p.rules) == 0 {
		return n, nil
	}
	if foreign || from.Quiet && len(p.rules) == 0 {
		p.refuseRules(h, &n)
		return n, nil
	}
	if n.Verdict.Trust.Creates() {
		p.readMail(m.Raw, h, from, &n)
	}
	return n, nil
}

// origin returns the sender of the mail and limits the verdict to what the From
// of the mail allows.
func (p *Parser) origin(h mail.Header, n *parcel.Notice) mail.Sender {
	if len(h.From) != 1 {
		if n.Verdict.Trust == "" || n.Verdict.Trust.Creates() {
			n.Verdict = parcel.Verdict{Trust: parcel.TrustForeign, Reason: message.New("proof_from_not_one")}
			if slices.ContainsFunc(h.From, func(a mail.Address) bool { return p.senders.Of(a, h).Class != mail.Foreign }) {
				n.Verdict = parcel.Verdict{Trust: parcel.TrustForged, Reason: message.New("proof_from_many")}
			}
		}
		return mail.Sender{}
	}
	from := p.senders.Of(h.From[0], h)
	switch {
	case n.Verdict.Trust == parcel.TrustForeign:
		return mail.Sender{}
	case from.Class == mail.Foreign:
		if n.Verdict.Trust == "" || n.Verdict.Trust.Creates() {
			n.Verdict = parcel.Verdict{Trust: parcel.TrustForeign, Reason: message.New("proof_from_foreign")}
		}
	case n.Verdict.Trust == "":
		n.Verdict = parcel.Verdict{Trust: parcel.TrustUnverified, Reason: message.New("proof_unchecked")}
	}
	return from
}

// claims records that a mail of a foreign sender names the shop as the original
// one, as a list, group or unknown alias service does.
func (p *Parser) claims(h mail.Header, n *parcel.Notice) {
	if len(h.From) != 1 || n.Verdict.Trust != parcel.TrustForeign {
		return
	}
	if from := p.senders.Of(h.From[0], h); from.Class == mail.Foreign && from.Original != "" && !from.Quiet {
		n.Problems = append(n.Problems, message.New(parcel.UnknownRewriter, "Address", from.Address))
	}
}

// refuseRules records why a user's rule was not applied to a mail that matches
// it.
func (p *Parser) refuseRules(h mail.Header, n *parcel.Notice) {
	for _, r := range p.rules {
		if r.from != nil && len(h.From) == 1 && r.from.MatchString(h.From[0].Addr) && (r.subject == nil || r.subject.MatchString(h.Subject)) {
			n.Problems = append(n.Problems, message.New("unread_rule", "Rule", r.name))
			return
		}
	}
}

// readMail reads the body and fills the notice.
func (p *Parser) readMail(raw []byte, h mail.Header, from mail.Sender, n *parcel.Notice) {
	b := readBody(raw)
	n.Problems = append(n.Problems, b.problems...)
	pages := p.pages(b, n)
	defer p.release(pages)
	if !b.closed && len(b.mails) == 0 && pictureOnly(pages) {
		n.Problems = append(n.Problems, message.New("unread_picture"))
	}
	if p.applyRules(h, pages, n) || from.Quiet {
		return
	}
	if from.Original != "" { // also with a rewritten From
		p.notice(h.Subject, pages, n)
	}
	if from.Class != mail.Forwarder || n.Shop != "" {
		return
	}
	p.attachments(b.mails, maxAttached, n)
	if n.Shop != "" {
		return
	}
	if p.forwarded(h.Subject, pages, n); n.Shop != "" {
		return
	}
	for i := range pages {
		if pages[i].pasted() {
			p.notice("", pages[i:i+1], n)
			return
		}
	}
}

// pictureOnly reports whether no page has text or a link to the shop.
func pictureOnly(pages []page) bool {
	return len(pages) > 0 && !slices.ContainsFunc(pages, func(pg page) bool { return len(pg.lines) > 0 || pg.linksToShop() })
}

// pages returns the texts of a mail as analysed pages.
func (p *Parser) pages(b body, n *parcel.Notice) []page {
	pages := make([]page, 0, len(b.contents))
	for _, c := range b.contents {
		var pg page
		if c.html {
			pg = p.readHTML(c.text)
		} else {
			pg = p.readText(c.text, c.flow)
		}
		if len(pg.text) >= maxText {
			n.Problems = append(n.Problems, message.New("unread_text_long", "KB", strconv.Itoa(maxText>>10)))
		}
		p.analyse(&pg)
		pages = append(pages, pg)
	}
	return pages
}

// maxAttached is how many mails attached to each other are opened to find the
// shop's.
const maxAttached = 3

// attachments reads the mails of the shop that were forwarded as attachments,
// also of mails that are attached themselves. They are merged into one notice.
func (p *Parser) attachments(mails [][]byte, depth int, n *parcel.Notice) {
	if depth == 0 {
		return
	}
	for _, raw := range mails {
		h := mail.ParseHeader(raw)
		if h.Own || len(h.From) != 1 {
			continue
		}
		b := readBody(raw)
		switch from := p.senders.Of(h.From[0], h); {
		case from.Quiet:
		case from.Class == mail.Shop, from.Class == mail.Rewritten:
			p.attached(h, b, n)
		case from.Class == mail.Forwarder:
			p.attachments(b.mails, depth-1, n)
			p.copied(h, b, n)
		default:
			p.attachments(b.mails, depth-1, n)
		}
	}
}

// attached reads one mail of the shop that was forwarded as an attachment.
func (p *Parser) attached(h mail.Header, b body, n *parcel.Notice) {
	in := parcel.Notice{Step: parcel.StepNone, Subject: h.Subject, MessageID: h.MessageID, Sent: h.Date, Problems: b.problems}
	pages := p.pages(b, &in)
	defer p.release(pages)
	p.notice(h.Subject, pages, &in)
	merge(n, in)
}

// copied reads the shop's mails in the text of an attached mail of a forwarder.
func (p *Parser) copied(h mail.Header, b body, n *parcel.Notice) {
	if n.Shop != "" {
		return
	}
	pages := p.pages(b, n)
	defer p.release(pages)
	p.forwarded(h.Subject, pages, n)
}

// merge adds the notice of a mail that another one contains.
func merge(n *parcel.Notice, in parcel.Notice) {
	switch {
	case in.Shop == "":
		n.Problems = append(n.Problems, in.Problems...)
	case n.Shop == "":
		in.Verdict = n.Verdict
		in.Problems = append(n.Problems, in.Problems...)
		*n = in
	default:
		join(n, in)
	}
}

// join merges the notice of a second mail into n.
func join(n *parcel.Notice, in parcel.Notice) {
	isParcel := func(id string) bool {
		return slices.ContainsFunc(n.Parcels, func(q parcel.NoticeParcel) bool { return string(q.Number) == id })
	}
	for _, o := range in.Orders {
		if len(n.Orders) < maxOrders && !isParcel(o) {
			n.Orders = appendNew(n.Orders, o)
		}
	}
	for _, q := range in.Parcels {
		known := isParcel(string(q.Number)) || has(n.Orders, string(q.Number))
		if !known && len(n.Parcels) < maxParcels {
			n.Parcels = append(n.Parcels, q)
		}
	}
	for _, it := range in.Items {
		if len(n.Items) < maxItems {
			n.Items = appendNew(n.Items, it)
		}
	}
	if n.Step != in.Step {
		n.Step = parcel.StepUpdate
	}
	n.Problems = append(n.Problems, in.Problems...)
}

// applyRules reads the mail with the user's rules.
func (p *Parser) applyRules(h mail.Header, pages []page, n *parcel.Notice) bool {
	left := maxSearch
	for _, r := range p.rules {
		c, ok, err := r.match(h.From[0].Addr, h.Subject, pages, &left)
		if err != nil {
			n.Problems = append(n.Problems, message.New("unread_rule_long", "Rule", r.name))
		}
		if !ok {
			continue
		}
		rd := reading{p: p, subject: p.readSubject(h.Subject), pages: pages}
		rd.read()
		p.fill(&rd, n)
		n.Shop = r.name
		if len(c.orders) > 0 {
			n.Orders = c.orders
		}
		if c.words != "" {
			n.Step, n.StepWords = p.ruleStep(c.words), c.words
		}
		if len(c.numbers) > 0 {
			n.Parcels = n.Parcels[:0]
			for _, num := range c.numbers {
				n.Parcels = append(n.Parcels, parcel.NoticeParcel{Number: num, Orders: ordersOf(n.Orders, len(c.numbers)), Step: n.Step})
			}
		}
		return true
	}
	return false
}

func ordersOf(orders []string, parcels int) []string {
	if parcels == 1 || len(orders) == 1 {
		return append([]string{}, orders...)
	}
	return nil
}
