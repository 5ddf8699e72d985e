package notify

import (
	"strings"

	"parcelwatch/parcel"
)

// Hello counts what a first digest covers.
type Hello struct {
	Arrived int
	Needs   int // waiting for the user
	Way     int
	Unsent  int // not sent by the seller
	Orders  int // how many of these are orders without a parcel
}

// Found returns the number of all.
func (h Hello) Found() int { return h.Arrived + h.Needs + h.Way + h.Unsent }

// fresh is for how many days after a status a first digest calls for action.
const fresh = 30

// helloParcel adds a parcel to a first digest: it lists what is open, and calls for
// action only where that is not long ago.
func (c *composer) helloParcel(p *parcel.Parcel) {
	switch {
	case p.Status == parcel.Delivered:
		c.hello.Arrived++
		return
	case p.Closed || p.Status.Final():
		return
	}
	c.follows(p)
	c.silent(p.Unasked)
	recent := daysSince(p.StatusSince, c.now) <= fresh
	end, protected := c.protectedUntil(p)
	kind, notes := SectionTravelling, func() []Note { return quietNotes(c, p, nil) }
	switch {
	case recent && needing(p.Status):
		kind, notes = SectionNeeds, func() []Note { return c.statusNotes(p) }
	case protected:
		kind, notes = SectionNeeds, func() []Note { return nil }
	case recent && p.Status == parcel.OutForDelivery:
		kind, notes = SectionToday, func() []Note { return courierNotes(c, p, nil) }
	}
	c.greet(kind)
	c.add(kind, entry{rank: rowOf(kind).rank(c, p), parcel: p.ID, item: func() Item {
		it := c.item(p, kind, nil)
		it.Notes = notes()
		if protected {
			it.Notes = append(it.Notes, note("note_protection_day", "Day", ShortDay(end)))
		}
		for _, ch := range c.byParcel[p.ID] {
			if ch.Kind == parcel.ChangeMaybeSame {
				it.Notes = append(it.Notes, changeNotes(p, ch)...)
			}
		}
		it.Notes = unique(it.Notes)
		return it
	}})
}

// helloOrder is helloParcel for an order that no parcel carries.
func (c *composer) helloOrder(o *parcel.Order) {
	kind, shown := orderSections()[o.State(c.now)]
	if !shown || kind == SectionEnded {
		return
	}
	c.hello.Orders++
	if kind == SectionDelivered {
		c.hello.Arrived++
		return
	}
	c.footer.Orders++
	it := orderItem(o)
	switch kind {
	case SectionWaiting:
		it.Notes = append(it.Notes, c.waiting(o))
	case SectionUnnumbered:
		it.Notes = append(it.Notes, c.unnumbered(o))
	default:
		it.Notes = append(it.Notes, note("note_shop_only"))
	}
	if end, near := c.orderProtectedUntil(o); near {
		it.ProtectionUntil = end
		kind, it.Notes = SectionNeeds, append(it.Notes, note("note_protection_day", "Day", ShortDay(it.ProtectionUntil)))
	}
	c.greet(kind)
	c.add(kind, entry{item: func() Item { return it }, rank: c.orderRank(kind, o)})
}

// greet counts something that is open.
func (c *composer) greet(kind SectionKind) {
	switch kind {
	case SectionNeeds:
		c.hello.Needs++
	case SectionWaiting:
		c.hello.Unsent++
	default:
		c.hello.Way++
	}
}

// needing reports whether a status calls for action.
func needing(s parcel.Status) bool {
	switch s {
	case parcel.ReadyForPickup, parcel.CustomsHold, parcel.AttemptFailed, parcel.Exception, parcel.Returning:
		return true
	default:
		return false
	}
}

// hello returns the counts of a first digest as a sentence.
func (v viewer) hello(h Hello) string {
	var parts []string
	for _, part := range []struct {
		id string
		n  int
	}{{"hello_arrived", h.Arrived}, {"hello_needs", h.Needs}, {"hello_way", h.Way}, {"hello_unsent", h.Unsent}} {
		if part.n > 0 {
			parts = append(parts, v.p.T(part.id, "N", part.n))
		}
	}
	var found []string
	if n := h.Found() - h.Orders; n > 0 {
		found = append(found, v.p.T("hello_parcels", "Count", n))
	}
	if h.Orders > 0 {
		found = append(found, v.p.T("hello_orders", "Count", h.Orders))
	}
	return v.p.T("hello", "Found", strings.Join(found, ", "), "Parts", strings.Join(parts, ", "))
}
