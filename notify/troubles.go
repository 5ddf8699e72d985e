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
	for _, ch := range c.health {
		a := alarmOf(ch)
		t := a.Trouble
		if a.Quiet || !c.caresFor(t) || passed(a, c.health) {
			continue
		}
		c.news++
		if a.Over {
			c.footer.Recovered = append(c.footer.Recovered, t)
			continue
		}
		if !slices.ContainsFunc(c.sections[SectionNeeds], func(e entry) bool {
			return e.Trouble != nil && e.Trouble.Kind == t.Kind && e.Trouble.Name == t.Name
		}) {
			c.add(SectionNeeds, Item{Trouble: &t, News: true}, c.ends(""), 0)
		}
	}
	if c.Urgent {
		return
	}
	for _, t := range standing(c.Health) {
		if c.caresFor(t) {
			c.footer.Troubles = append(c.footer.Troubles, t)
		}
	}
	for _, n := range c.Health.NotUnderstood {
		if c.now.Sub(n.At) < notUnderstoodHorizon {
			c.footer.NotUnderstood = append(c.footer.NotUnderstood, n)
		}
	}
}

// caresFor reports whether the trouble concerns the audience's mailboxes.
func (c *composer) caresFor(t Trouble) bool {
	return t.Kind != TroubleMailbox && t.Kind != TroubleSurplus || c.cares(parcel.Mailboxes{mailboxOf(t.Name)})
}

// standing returns everything that is broken now.
func standing(h parcel.Health) []Trouble {
	var out []Trouble
	for _, m := range h.Mailboxes {
		if unreadable(m.State) && m.State != parcel.MailboxConnecting {
			out = append(out, mailboxTrouble(m))
		}
	}
	for _, k := range h.Carriers {
		if k.State.Open() || k.State == parcel.CarrierChanged {
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
	return Trouble{Kind: TroubleCarrier, Name: k.Name, State: string(k.State), Since: cmp.Or(k.LastSuccess, k.Since), Fault: k.Fault, Error: k.Error}
}

// unreadable reports whether mail cannot be read in this state.
func unreadable(s parcel.MailboxState) bool {
	return s == parcel.MailboxBroken || s == parcel.MailboxRefused || s == parcel.MailboxConnecting
}
