package tracker

import (
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// basis is what a judgement of a parcel needs to know beside it.
type basis struct {
	Home string
	History
}

// absorb puts what carriers said on record: timelines, other numbers of the same
// parcel, state, news. The state holds the parcel asked about and any parcels
// that carry one of the other numbers.
func absorb(s *store.State, id int64, asked []carriers.Asked, b basis, now time.Time) *parcel.Parcel {
	i := slices.IndexFunc(s.Parcels, func(p *parcel.Parcel) bool { return p.ID == id })
	if i < 0 {
		return nil // forgotten while it was asked about
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
	judge(p, b.History, now)
	changes := before.changes(p, now)
	if len(changes) > 0 {
		p.Changed = now
	}
	s.Changes = append(s.Changes, changes...)
	return p
}

// unite takes over the parcels that carried a number before a carrier said that
// it is p's.
func unite(s *store.State, p *parcel.Parcel, l parcel.Link, now time.Time) {
	for _, other := range s.Parcels {
		if other != p && other.ID != 0 && other.Has(l.Number) && !slices.Contains(s.Merged, other.ID) {
			takeOver(p, other, l.Reason, parcel.Certain, now)
			s.Merged = append(s.Merged, other.ID)
		}
	}
}
