package tracker

import (
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

// Unasked returns who would know more about a late parcel and has not answered since
// a time; the zero value if somebody has.
type Unasked func(p *parcel.Parcel, since time.Time) parcel.Unasked

// unasked looks for an answer of a post of the country where the parcel is expected;
// where no such post can be asked, of an aggregator. In the origin any direct carrier
// counts.
func unasked(p *parcel.Parcel, v View, since time.Time) parcel.Unasked {
	out := parcel.Unasked{Country: p.Destination, Result: parcel.ResultSkipped}
	if p.Phase == parcel.PhaseOrigin && p.Origin != "" {
		out.Country = p.Origin
	}
	pl, aggregated := planner{p: *p}, false
	for _, m := range v.Members {
		for _, n := range p.Numbers() {
			src := pl.source(m, n)
			answered := !src.Asked.Before(since) && (src.Result == parcel.ResultOK || src.Result == parcel.ResultNotFound)
			switch {
			case m.Info.Role == carriers.RoleAggregator:
				aggregated = aggregated || answered
			case m.Off || m.Carrier.Match(n) == carriers.No || !knows(m, p):
			case answered:
				return parcel.Unasked{}
			case out.Carrier == "" || out.Result == parcel.ResultNoCredential:
				out.Carrier, out.Result = m.Info.Name, notAsked(m, src, since)
			}
		}
	}
	if out.Carrier == "" && aggregated {
		return parcel.Unasked{}
	}
	return out
}

// knows reports whether a direct carrier's answer tells where a late parcel is. While the
// origin is unknown, the number may be one of the destination's own posts.
func knows(m carriers.Member, p *parcel.Parcel) bool {
	if p.Phase == parcel.PhaseOrigin && p.Origin != "" {
		return m.Info.Role == carriers.RoleOrigin || slices.Contains(m.Info.Countries, p.Origin)
	}
	return slices.Contains(m.Info.Countries, p.Destination) || p.Phase == parcel.PhaseOrigin && m.Info.Role == carriers.RoleOrigin
}

// notAsked returns why there is no answer of a carrier since a time.
func notAsked(m carriers.Member, src parcel.Source, since time.Time) parcel.Result {
	switch {
	case len(m.Missing) > 0:
		return parcel.ResultNoCredential
	case src.Asked.Before(since):
		return parcel.ResultSkipped
	default:
		return src.Result
	}
}
