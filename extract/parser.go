package extract

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// ErrNoMail is returned for bytes that are no mail at all.
var ErrNoMail = errors.New("no mail: not one header field found")

// maxSubject is how many runes of a subject are kept.
const maxSubject = 300

// Options say whose mail is read and how.
type Options struct {
	Shop    shop.Shop
	Senders mail.Senders
	Rules   []Rule   // tried in order before everything else
	Phrases *Phrases // nil to load them; parsers of several mailboxes share them
}

// Parser reads mails. It remembers nothing of them and is safe for concurrent
// use.
type Parser struct {
	shop    shop.Shop
	senders mail.Senders
	rules   []rule
	words   *vocabulary
	pool    sync.Pool // of *scratch
}

// New makes a parser. The error is about a rule, in words for the person who
// wrote it.
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

// Phrases are the words of steps and labels in all languages, 1.6 MB of memory.
type Phrases struct{ vocabulary }

// LoadPhrases reads the tables of phrases.
func LoadPhrases() (*Phrases, error) {
	v, err := loadVocabulary()
	if err != nil {
		return nil, fmt.Errorf("read the phrases: %w", err)
	}
	return &Phrases{*v}, nil
}

// Parse reads one mail. The verdict says how far its sender can be trusted; for
// forged and foreign mail nothing that creates a parcel is returned. The error
// is for bytes that are no mail at all; everything else gives a notice, with
// what could not be read among its problems.
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

// origin says in whose name the mail comes, and keeps the verdict from claiming
// more than the From of the mail allows.
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

// refuseRules says why a user's rule does not apply to a mail it was written for.
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
	if p.applyRules(h, pages, n) || from.Quiet {
		return
	}
	if from.Original != "" { // the shop's own mail, also under a rewritten From
		p.notice(h.Subject, pages, n)
	}
	if from.Class != mail.Forwarder || n.Shop != "" {
		return
	}
	for _, m := range b.mails {
		p.attached(m, n)
	}
	if n.Shop != "" {
		return
	}
	if subject, inner, ok := p.forwarded(h.Subject, pages); ok {
		n.Subject = textx.Cut(textx.Clean(subject), maxSubject)
		p.notice(n.Subject, inner, n)
		return
	}
	for i := range pages {
		if pages[i].pasted() {
			p.notice("", pages[i:i+1], n)
			return
		}
	}
}

// pages turns the texts of a mail into analysed pages.
func (p *Parser) pages(b body, n *parcel.Notice) []page {
	pages := make([]page, 0, len(b.contents))
	for _, c := range b.contents {
		var pg page
		if c.html {
			pg = p.readHTML(c.text)
		} else {
			pg = p.readText(c.text)
		}
		if len(pg.text) >= maxText {
			n.Problems = append(n.Problems, message.New("unread_text_long", "KB", strconv.Itoa(maxText>>10)))
		}
		p.analyse(&pg)
		pages = append(pages, pg)
	}
	return pages
}

// attached reads a mail of the shop that a person has sent on whole. Several of
// them add up to one notice.
func (p *Parser) attached(raw []byte, n *parcel.Notice) {
	h := mail.ParseHeader(raw)
	if h.Own || len(h.From) != 1 {
		return
	}
	if from := p.senders.Of(h.From[0], h); from.Quiet || from.Class != mail.Shop && from.Class != mail.Rewritten {
		return
	}
	b := readBody(raw)
	in := parcel.Notice{Step: parcel.StepNone, Subject: h.Subject, MessageID: h.MessageID, Sent: h.Date, Problems: b.problems}
	pages := p.pages(b, &in)
	defer p.release(pages)
	p.notice(h.Subject, pages, &in)
	if in.Shop == "" {
		return
	}
	if n.Shop == "" {
		in.Verdict = n.Verdict
		in.Problems = append(n.Problems, in.Problems...)
		*n = in
		return
	}
	join(n, in)
}

// join adds a second mail's words to a notice.
func join(n *parcel.Notice, in parcel.Notice) {
	for _, o := range in.Orders {
		n.Orders = appendNew(n.Orders, o)
	}
	for _, q := range in.Parcels {
		known := false
		for _, have := range n.Parcels {
			known = known || have.Number == q.Number
		}
		if !known && len(n.Parcels) < maxParcels {
			n.Parcels = append(n.Parcels, q)
		}
	}
	for _, it := range in.Items {
		n.Items = appendNew(n.Items, it)
	}
	if n.Step != in.Step {
		n.Step = parcel.StepUpdate
	}
	n.Problems = append(n.Problems, in.Problems...)
}

// applyRules lets the user's rules read the mail.
func (p *Parser) applyRules(h mail.Header, pages []page, n *parcel.Notice) bool {
	for _, r := range p.rules {
		c, ok := r.match(h.From[0].Addr, h.Subject, pages)
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
