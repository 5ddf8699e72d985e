package extract

import (
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// notice reads one mail of the shop and fills the notice if the mail is a
// shipment notification.
func (p *Parser) notice(subject string, pages []page, n *parcel.Notice) {
	r := reading{p: p, subject: p.readSubject(subject), pages: pages}
	r.read()
	if !r.shipment() {
		return
	}
	n.Shop = p.shop.Name()
	p.fill(&r, n)
	if len(n.Orders) == 0 && len(n.Parcels) == 0 {
		n.Problems = append(n.Problems, message.New(parcel.NothingFound))
	}
}

// shipment reports whether the mail is about a shipment: it has an order or
// parcel in the subject, a number anywhere, or a known step together with an
// order. Offers that look like orders mention a prize and have no step.
func (r *reading) shipment() bool {
	s := &r.subject
	switch {
	case s.promo && !r.step.known && !s.namesParcel():
		return false
	case len(r.parcels) > 0:
		return true
	case len(s.tokens) > 0 && len(r.orders) > 0:
		return true
	case r.step.known:
		return len(r.orders) > 0 || s.order || s.parcel
	default:
		return len(r.orders) > 0 && (s.order || s.parcel || r.templated())
	}
}

// templated reports whether a link names a template used for shipment mail.
func (r *reading) templated() bool {
	_, ok := r.p.shop.Step(r.tmpl)
	return ok
}

// fill copies what was read into the notice.
func (p *Parser) fill(r *reading, n *parcel.Notice) {
	n.Step, n.StepWords = r.stepOf()
	n.Orders = r.orders
	n.Parcels = n.Parcels[:0:0]
	for _, f := range r.parcels {
		n.Parcels = append(n.Parcels, parcel.NoticeParcel{Number: f.number, Orders: f.orders, Step: n.Step})
	}
	r.ownSteps(n)
	for i := range r.pages {
		pg := &r.pages[i]
		if len(n.Items) == 0 {
			n.Items = pg.items()
		}
		if n.ETA == "" && n.Step.Status() != parcel.Delivered {
			n.ETA = pg.eta(n.Sent)
		}
		if n.Logistics.Sender == "" && len(n.Logistics.Sites) == 0 {
			n.Logistics = pg.logistics()
		}
	}
}

// stepOf returns the step of the whole mail. It tries the subject, a template
// name that says more than "news", the headline or the sentence about the
// order, and last the bare words.
func (r *reading) stepOf() (parcel.Step, string) {
	if r.step.known && r.step.step != parcel.StepUpdate {
		return r.step.step, r.step.words
	}
	if r.step.known {
		return parcel.StepUpdate, r.step.words
	}
	template, ok := r.p.shop.Step(r.tmpl)
	if ok && template != parcel.StepUpdate {
		return template, r.step.words
	}
	ids := r.ids()
	for i := range r.pages {
		if found := r.pages[i].bodyStep(ids); found.known {
			if len(r.subject.tokens) > 0 && r.step.words != "" {
				found.words = r.step.words
			}
			return found.step, found.words
		}
	}
	if ok && len(r.subject.tokens) == 0 {
		return template, r.step.words
	}
	if len(r.parcels) > 1 || len(r.subject.tokens) == 0 && r.block() {
		return parcel.StepUpdate, r.step.words
	}
	return parcel.StepOther, r.step.words
}

// block reports whether a page has a "Logistics Information" block.
func (r *reading) block() bool {
	for i := range r.pages {
		if r.pages[i].pasted() {
			return true
		}
	}
	return false
}

// ownSteps gives each of several parcels the step printed beside it, if all
// have one. If the steps differ, the mail as a whole is an update.
func (r *reading) ownSteps(n *parcel.Notice) {
	if len(r.parcels) < 2 {
		return
	}
	for _, f := range r.parcels {
		if f.step == "" {
			return
		}
	}
	n.Step = r.parcels[0].step
	for i, f := range r.parcels {
		n.Parcels[i].Step = f.step
		if f.step != r.parcels[0].step {
			n.Step = parcel.StepUpdate
		}
	}
}
