package tracker

import (
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// basis is what a parcel's state depends on besides its sources.
type basis struct {
	Home string
	History
	Unasked

	// More reports whether the visit of a parcel goes on; nil if it never does.
	More func(*parcel.Parcel) bool
}

// absorb adds the carriers' answers to the parcel with the id: timelines, other
// numbers, state and changes. s holds that parcel, any parcels with one of the other
// numbers and, if it was delivered, those of its orders. It returns nil if the parcel was deleted meanwhile.
func absorb(s *store.State, id int64, asked []carriers.Asked, b basis, now time.Time) *parcel.Parcel {
	i := slices.IndexFunc(s.Parcels, func(p *parcel.Parcel) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	p := s.Parcels[i]
	before := snap(p)
	for _, a := range asked {
		known := len(p.Links)
		Record(p, a, now)
		for _, l := range p.Links[known:] {
			unite(s, p, l, now)
		}
	}
	settle(p, b.Home, now)
	if b.More == nil || !b.More(p) {
		markStalled(p, b, now)
	}
	if p.Status == parcel.Delivered {
		for _, id := range p.Orders {
			closeArrived(parcelsOf(s, id))
		}
	}
	changes := before.changes(p, now)
	if len(changes) > 0 {
		p.Changed = now
	}
	s.Changes = append(s.Changes, changes...)
	return p
}

// unite merges into p the parcels that carry a number which a carrier says is p's, or
// records that they may be the same.
func unite(s *store.State, p *parcel.Parcel, l parcel.Link, now time.Time) {
	for _, other := range s.Parcels {
		if other == p || other.ID == 0 || !other.Has(l.Number) || slices.Contains(s.Merged, other.ID) {
			continue
		}
		if !mergeable(p, other) {
			p.Links = slices.DeleteFunc(p.Links, func(o parcel.Link) bool { return o.Number == l.Number })
			p.AddLink(parcel.Link{Number: l.Number, Since: l.Since, Reason: l.Reason, Certainty: parcel.Maybe, Parcel: other.ID})
			continue
		}
		takeOver(p, other, l.Reason, parcel.Certain, now)
		s.Merged = append(s.Merged, other.ID)
	}
}

// mergeable reports whether one carrier's word is enough to merge two parcels. Carriers
// err and reuse numbers, and two mailboxes may be of two people. It is enough if one of
// the parcels is a bare number, or if mail of the same mailbox names both for one order.
func mergeable(a, b *parcel.Parcel) bool {
	if bare(a) || bare(b) {
		return true
	}
	titled := a.Title != "" && b.Title != "" && a.Title != b.Title
	return (len(a.Mailboxes)+len(b.Mailboxes) == 0 || a.Mailboxes.Any(b.Mailboxes)) && sharesOrder(a, b.Orders) && !titled
}

// bare reports whether nothing but its numbers ties a parcel to anybody.
func bare(p *parcel.Parcel) bool { return len(p.Mailboxes) == 0 && len(p.Orders) == 0 && p.Title == "" }
