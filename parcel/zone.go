package parcel

import "time"

// spreadUnknown is how far the instant of an event with unknown zone and country
// may be from its wall clock read as UTC.
const spreadUnknown = 14 * time.Hour

// instant returns when the event happened, as well as it is known: its time, or the
// wall clock read in the usual zone of its country, or in UTC.
func (e Event) instant() time.Time {
	if e.ZoneKnown {
		return e.Time
	}
	w := e.Time.UTC()
	offset, _ := clock(e.Country)
	place := time.UTC
	if offset != 0 {
		place = time.FixedZone("", int(offset/time.Second))
	}
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), place)
}

// spread returns how far the true instant may be from [Event.instant].
func (e Event) spread() time.Duration {
	if e.ZoneKnown {
		return 0
	}
	_, spread := clock(e.Country)
	return spread
}

// wall returns the wall clock of the event's place, stored as UTC.
func (e Event) wall() time.Time {
	if !e.ZoneKnown {
		return e.Time.UTC()
	}
	_, offset := e.Time.Zone()
	return e.Time.UTC().Add(time.Duration(offset) * time.Second)
}

// clock returns the zone of a country.
func clock(country string) (offset, spread time.Duration) {
	if z, ok := usual().clocks[country]; ok {
		return z.offset, z.spread
	}
	return 0, spreadUnknown
}
