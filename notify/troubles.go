package notify

import (
	"cmp"
	"slices"

	"parcelwatch/parcel"
)

// Older mail that was not understood is not mentioned again.
const notUnderstoodHorizon = 7 * day

// troubles adds new failures to what the user has to act on, and continuing ones to the
// footer.
func (c *composer) troubles() {
	c.announce()
	if c.Urgent {
		return
	}
	for _, t := range standing(c.Health) {
		if c.caresFor(t) {
			c.footer.Troubles = append(c.footer.Troubles, t)
		}
	}
	for _, u := range c.unasked {
		if !slices.ContainsFunc(c.footer.Troubles, func(t Trouble) bool { return t.Kind == TroubleCarrier && t.Name == u.Carrier }) {
			c.footer.Unasked = append(c.footer.Unasked, c.unaskedFooter(u))
		}
	}
	for _, n := range c.Health.NotUnderstood {
		if c.now.Sub(n.At) < notUnderstoodHorizon {
			c.footer.NotUnderstood = append(c.footer.NotUnderstood, n)
		}
	}
}

// announce adds new failures to what the user has to act on, and ends to the footer.
func (c *composer) announce() {
	for _, ch := range c.health {
		a := alarmOf(ch)
		t := a.Trouble
		if c.disproved(a) && !c.paired(a) {
			// Its end, if it comes, finds it pending and is not told either.
			c.told = slices.DeleteFunc(c.told, func(id int64) bool { return id == ch.ID })
		}
		if a.Quiet || !c.caresFor(t) || c.disproved(a) {
			continue
		}
		c.news++
		if a.Over {
			c.footer.Recovered = append(c.footer.Recovered, t)
			continue
		}
		if !slices.ContainsFunc(c.sections[SectionNeeds], func(e entry) bool {
			return e.trouble != nil && e.trouble.Kind == t.Kind && e.trouble.Name == t.Name
		}) {
			c.add(SectionNeeds, entry{item: func() Item { return Item{Trouble: &t, News: true} }, news: true, rank: c.ends(""), trouble: &t})
		}
	}
}

// silent keeps a post that should have been asked about a late parcel for the footer.
func (c *composer) silent(u parcel.Unasked) {
	same := func(o parcel.Unasked) bool {
		return o.Carrier == u.Carrier && (u.Carrier != "" || o.Country == u.Country)
	}
	if u != (parcel.Unasked{}) && !slices.ContainsFunc(c.unasked, same) {
		c.unasked = append(c.unasked, u)
	}
}

// unaskedFooter says which post could not be asked and, if it lacks a key, how to get one.
func (c *composer) unaskedFooter(u parcel.Unasked) Note {
	if u.Carrier != "" && u.Result == parcel.ResultNoCredential {
		return note("footer_unasked_key", "Post", Carrier(u.Carrier), "Name", u.Carrier)
	}
	return c.unaskedNote(u)
}

// disproved reports whether the mail that is composed would be the proof of the contrary,
// that sending does not work, because this audience's mail waited, or whether that came and
// went unnoticed.
func (c *composer) disproved(a Alarm) bool {
	return a.Kind == TroubleOutbox && (!a.Over && c.Outage != Span{} || c.paired(a))
}

// paired reports whether neither an alarm nor its end has been told.
func (c *composer) paired(a Alarm) bool {
	return slices.ContainsFunc(c.health, func(ch parcel.Change) bool {
		b := alarmOf(ch)
		return b.Key == a.Key && b.Over != a.Over
	})
}

// caresFor reports whether the trouble concerns the audience's mailboxes.
func (c *composer) caresFor(t Trouble) bool {
	return t.Kind != TroubleMailbox && t.Kind != TroubleSurplus || c.cares(parcel.Mailboxes{mailboxOf(t.Name)})
}

// standing returns everything that is broken now.
func standing(h parcel.Health) []Trouble {
	var out []Trouble
	for _, m := range h.Mailboxes {
		if m.State.Failing() {
			out = append(out, mailboxTrouble(m))
		}
	}
	for _, k := range h.Carriers {
		if k.State.Failing() {
			out = append(out, carrierTrouble(k))
		}
	}
	return out
}

// mailboxTrouble counts from when the mailbox last worked, if that is known: broken
// and connecting alternate.
func mailboxTrouble(m parcel.MailboxHealth) Trouble {
	state := m.State
	if state == parcel.MailboxConnecting {
		// Reconnecting is not a different state for the reader.
		state = parcel.MailboxBroken
	}
	return Trouble{Kind: TroubleMailbox, Name: m.Name + "/" + m.Folder, State: string(state), Since: cmp.Or(m.LastCheck, m.Since), Fault: m.Fault, Error: m.Error}
}

func carrierTrouble(k parcel.CarrierHealth) Trouble {
	t := Trouble{Kind: TroubleCarrier, Name: k.Name, State: string(k.State), Since: cmp.Or(k.LastSuccess, k.Since), Fault: k.Fault, Error: k.Error}
	if k.State == parcel.CarrierThrottled {
		t.Until = k.Until
	}
	return t
}

// unreadable reports whether mail cannot be read in this state.
func unreadable(s parcel.MailboxState) bool {
	return s.Failing() || s == parcel.MailboxConnecting
}
