package parcel

import (
	"cmp"
	"slices"
	"time"
)

// origin returns the country the parcel comes from: as reported by the carriers,
// else where a post accepted it, else the value known before, else the country that
// issued the number.
func (p *Parcel) origin(events []Event, home string) string {
	if word := p.saidOrigin(); word != "" {
		return word
	}
	for _, e := range events {
		if (e.Status == Accepted || e.Status == Export) && e.Country != "" && e.Country != home {
			return e.Country
		}
	}
	if p.Origin != "" {
		return p.Origin
	}
	for _, l := range p.Links {
		if country := l.Number.Country(); country != "" {
			return country
		}
	}
	for _, e := range events {
		if e.Country != "" && e.Status != PreAdvice {
			return e.Country
		}
	}
	return ""
}

// saidOrigin returns the origin reported by the carrier that has known the parcel
// longest.
func (p *Parcel) saidOrigin() string {
	var word string
	var since time.Time
	for _, s := range p.bySaid() {
		if s.Origin == "" || len(s.Events) == 0 {
			continue
		}
		if first := ascending(instants(s.Events, nil))[0]; word == "" || first.Before(since) {
			word, since = s.Origin, first
		}
	}
	return word
}

// destination returns the country the parcel goes to: where it was last out for
// delivery or ready for pickup, else as reported by the carriers, else where it was
// imported, else the value known before, else home.
func (p *Parcel) destination(events []Event, home string) string {
	imported := ""
	for _, e := range events {
		if e.Status == Returning || e.Status == Returned {
			break
		}
		if e.Status == Import && e.Country != "" && e.Country != p.Origin {
			imported = e.Country
		}
	}
	if last := lastMile(events, p.Origin); last != "" {
		return last
	}
	word := ""
	for _, s := range p.bySaid() {
		keep(&word, s.Destination)
	}
	if word != "" {
		return word
	}
	to := cmp.Or(p.Destination, home)
	// Inside the customs union parcels are imported in one country and go on to
	// another, so the import does not tell the destination.
	if imported == "" || inUnion(imported) && inUnion(to) {
		return to
	}
	return imported
}

// lastMile returns the country of the last delivery or delivery attempt.
func lastMile(events []Event, origin string) string {
	country := ""
	for _, e := range events {
		switch e.Status {
		case Returning, Returned:
			return country
		case OutForDelivery, AttemptFailed, ReadyForPickup:
			if e.Country != origin {
				keep(&country, e.Country)
			}
		case Delivered:
			keep(&country, e.Country)
		default:
		}
	}
	return country
}

// crossing returns when the parcel left its origin and when it was first seen in
// the destination country; zero if it did not happen or is not known.
func crossing(events []Event, origin, destination string) (exported, imported time.Time) {
	domestic := origin != "" && origin == destination
	left := slices.IndexFunc(events, func(e Event) bool { return leaves(e, origin, destination) })
	lastExport := -1
	for i, e := range events {
		if e.Status == Export && (e.Country == "" || e.Country != destination) {
			lastExport = i
		}
	}
	for i, e := range events {
		switch {
		case stage(e.Status) < 0 || e.Status == PreAdvice:
			continue
		case e.Status == Returning || e.Status == Returned:
			return exported, imported
		case i == left && !domestic:
			exported = e.instant()
			continue
		case (e.Status == Customs || e.Status == CustomsHold) && i < lastExport:
			// Customs may report a parcel before it leaves.
			continue
		}
		if !arrives(e, destination) {
			continue
		}
		imported = e.instant()
		if exported.After(imported) {
			exported = time.Time{} // wall clocks do not tell which was first
		}
		return exported, imported
	}
	return exported, imported
}

// leaves reports whether an event is outside the origin, or on the way out.
func leaves(e Event, origin, destination string) bool {
	if stage(e.Status) < 0 || e.Status == PreAdvice || destination != "" && e.Country == destination {
		return false
	}
	return e.Status == Export || origin != "" && e.Country != "" && e.Country != origin
}

// arrives reports whether an event happened in the destination country.
func arrives(e Event, destination string) bool {
	if e.Country != "" && destination != "" {
		return e.Country == destination
	}
	switch e.Status {
	case Import, OutForDelivery, AttemptFailed, ReadyForPickup, Delivered:
		return true
	default:
		return false
	}
}

// inUnion reports whether the country is a member of the European Union.
func inUnion(country string) bool {
	switch country {
	case "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU",
		"MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE":
		return true
	default:
		return false
	}
}
