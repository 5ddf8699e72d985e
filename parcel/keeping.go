package parcel

import (
	"time"

	"parcelwatch/parcel/number"
)

// keeping returns for how many days the post of a country usually keeps a parcel for
// pickup, or 0 if that is not known.
func keeping(country string, ems bool) int {
	if ems {
		return usual().keepings[country].ems
	}
	return usual().keepings[country].other
}

// express reports whether a number is that of an EMS item (UPU S10: service E).
func express(n number.Number) bool { return n.S10() && n[0] == 'E' }

// KeptUntil returns the last day on which a waiting parcel can be picked up. It is
// estimated if no source has named the day but the post's usual period is known, and
// empty if neither is.
func (p *Parcel) KeptUntil(zone *time.Location) (day Date, estimated bool) {
	if !p.Pickup.Until.Time(zone).IsZero() {
		return p.Pickup.Until, false
	}
	if p.Status != ReadyForPickup {
		return "", false
	}
	if days := keeping(p.Destination, express(p.Number())); days > 0 {
		return DateOf(p.StatusSince.In(zone).AddDate(0, 0, days)), true
	}
	return "", false
}
