package tracker

import (
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

// Answer is what one carrier said of one number, as it is to be put on record.
type Answer struct {
	Carrier string
	carriers.Result
}

// absorb puts answers on record: timelines, other numbers of the same parcel,
// state, news. The state holds the parcel asked about and any parcels that carry
// one of the other numbers.
func absorb(s *State, id int64, answers []Answer, rules Rules, h History, now time.Time) *parcel.Parcel {
	i := slices.IndexFunc(s.Parcels, func(p *parcel.Parcel) bool { return p.ID == id })
	if i < 0 {
		return nil // forgotten while it was asked about
	}
	p := s.Parcels[i]
	before := snap(p)
	for _, a := range answers {
		src := p.Source(a.Carrier, a.Number)
		src.Asked, src.Result, src.Error = now, carriers.ResultOf(a.Err), ""
		if a.Err != nil {
			src.Error = a.Err.Error()
			continue
		}
		src.Update(a.Tracking, now)
		for _, alias := range a.Tracking.Aliases {
			learn(s, p, alias, now)
		}
	}
	settle(p, rules.Home, now)
	judge(p, h, now)
	changes := before.changes(p, now)
	if len(changes) > 0 {
		p.Changed = now
	}
	s.Changes = append(s.Changes, changes...)
	return p
}

// learn adds another number of the parcel on a carrier's word. A parcel that
// carries it already is taken over, unless a person has split them.
func learn(s *State, p *parcel.Parcel, alias parcel.Alias, now time.Time) {
	if alias.Number == "" || p.Has(alias.Number) || slices.Contains(p.Apart, alias.Number) || len(p.Links) >= maxNumbers {
		return
	}
	p.AddLink(parcel.Link{Number: alias.Number, Since: now, Reason: alias.Field, Certainty: parcel.Certain})
	for _, other := range s.Parcels {
		if other != p && other.ID != 0 && other.Has(alias.Number) && !slices.Contains(s.Merged, other.ID) {
			takeOver(p, other, alias.Field, parcel.Certain, now)
			s.Merged = append(s.Merged, other.ID)
		}
	}
}

// maxNumbers bounds what a carrier that answers nonsense can do to a parcel.
const maxNumbers = 12
