package parcel

import (
	"slices"
	"time"

	"parcelwatch/parcel/number"
)

// Has reports whether the number is one of the parcel's own.
func (p *Parcel) Has(n number.Number) bool {
	return slices.ContainsFunc(p.Links, func(l Link) bool { return l.Number == n })
}

// AddLink adds a number to the parcel and reports whether it is new. A number with
// certainty Maybe goes to p.Maybe; one in NeverJoin is refused. A stronger reason
// for a known number replaces the old one and does not count as new. A number that
// contains another (see [number.Number.Inner]) brings it along.
func (p *Parcel) AddLink(l Link) bool {
	if l.Number == "" || slices.Contains(p.NeverJoin, l.Number) {
		return false
	}
	same := func(o Link) bool { return o.Number == l.Number }
	own := slices.IndexFunc(p.Links, same)
	switch {
	case l.Certainty == Maybe:
		if own >= 0 || slices.ContainsFunc(p.Maybe, same) {
			return false
		}
		p.Maybe = append(p.Maybe, l)
		return true
	case own >= 0:
		if p.Links[own].Certainty != Certain && l.Certainty == Certain {
			p.Links[own].Certainty, p.Links[own].Reason = l.Certainty, l.Reason
		}
		return false
	}
	p.Maybe = slices.DeleteFunc(p.Maybe, same)
	p.Links = append(p.Links, l)
	if inner := l.Number.Inner(); inner != "" {
		l.Number = inner
		p.AddLink(l)
	}
	return true
}

// Source returns the carrier's source for a number and adds it if it is missing.
// The pointer is valid until sources are added.
func (p *Parcel) Source(carrier string, n number.Number) *Source {
	for i := range p.Sources {
		if p.Sources[i].Carrier == carrier && p.Sources[i].Number == n {
			return &p.Sources[i]
		}
	}
	p.Sources = append(p.Sources, Source{Carrier: carrier, Number: n})
	return &p.Sources[len(p.Sources)-1]
}

// Name returns the name to show: the title given by the user, else the first
// item's, else the number.
func (p *Parcel) Name() string {
	if p.Title != "" {
		return p.Title
	}
	for _, item := range p.Items {
		if item.Title != "" {
			return item.Title
		}
	}
	return string(p.Number())
}

// Days returns how long the parcel has been on its way, in whole days: from its
// first event (without one, from when it was sent or became known) until it became
// final, else until now.
func (p Parcel) Days(now time.Time) int {
	start := Earliest(p.FirstSeen, p.Shipped)
	for _, s := range p.Sources {
		for _, e := range s.Events {
			start = Earliest(start, e.instant())
		}
	}
	end := now
	if p.Status.Final() && !p.StatusSince.IsZero() {
		end = p.StatusSince
	}
	if start.IsZero() || end.Before(start) {
		return 0
	}
	return int(end.Sub(start) / (24 * time.Hour))
}
