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
}

// absorb adds the carriers' answers to the parcel with the id: timelines, other
// numbers, state and changes. s holds that parcel and any parcels with one of the
// other numbers. It returns nil if the parcel was deleted meanwhile.
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
	markStalled(p, b.History, now)
	changes := before.changes(p, now)
	if len(changes) > 0 {
		p.Changed = now
	}
	s.Changes = append(s.Changes, changes...)
	return p
}

// unite merges into p the parcels that carry a number now known to be p's.
func unite(s *store.State, p *parcel.Parcel, l parcel.Link, now time.Time) {
	for _, other := range s.Parcels {
		if other != p && other.ID != 0 && other.Has(l.Number) && !slices.Contains(s.Merged, other.ID) {
			takeOver(p, other, l.Reason, parcel.Certain, now)
			s.Merged = append(s.Merged, other.ID)
		}
	}
}
