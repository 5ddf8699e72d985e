package parcel

import (
	"strconv"
	"sync"
	"time"

	"parcelwatch/parcel/number"
)

// kept is for how many days a post keeps parcels for pickup.
type kept struct{ ems, other int }

// keepings is the table by country.
//
//nolint:gochecknoglobals // table
var keepings = sync.OnceValue(func() map[string]kept {
	all := map[string]kept{}
	for row := range table("keeping.tsv", 3) {
		var k kept
		k.ems, _ = strconv.Atoi(row[1])
		k.other, _ = strconv.Atoi(row[2])
		all[row[0]] = k
	}
	return all
})

// keeping returns for how many days the post of a country usually keeps a parcel for
// pickup, or 0 if that is not known.
func keeping(country string, ems bool) int {
	if ems {
		return keepings()[country].ems
	}
	return keepings()[country].other
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
