package parcel

import "time"

// Some posts tell wall clocks without a zone, and a country may be eleven hours
// wide. Where another source tells the same scan with its zone, the zone of the
// first one's clock is known too, and likely that of the events around it.

// reading is what a clock showed at a scan.
type reading struct {
	minute  int64
	country string
	status  Status
}

func readingOf(e Event) reading {
	return reading{minute: e.wall().Unix() / 60, country: e.Country, status: e.Status}
}

// zones are the offsets from UTC of scans whose zone some source tells.
func zones(sources []Source) map[reading]time.Duration {
	known := map[reading]time.Duration{}
	for _, s := range sources {
		for _, e := range s.Events {
			if !e.ZoneKnown || e.Country == "" || e.Status == Info || s.Carrier == SourceMail {
				continue
			}
			_, seconds := e.Time.Zone()
			offset, key := time.Duration(seconds)*time.Second, readingOf(e)
			if before, ok := known[key]; !ok || offset < before {
				known[key] = offset
			}
		}
	}
	return known
}

// instants are when the events of one source happened. Clocks whose zone was
// learned from another source are read in it, and the ones around them in the
// same country, too.
func instants(events []Event, known map[reading]time.Duration) []time.Time {
	times := make([]time.Time, len(events))
	guessed := make([]bool, len(events))
	nearest := map[string]time.Duration{}
	for i, e := range events {
		times[i] = e.instant()
		if e.ZoneKnown {
			continue
		}
		offset, ok := known[readingOf(e)]
		if ok {
			nearest[e.Country] = offset
		} else {
			offset, ok = nearest[e.Country]
		}
		guessed[i] = !ok
		if ok {
			times[i] = e.wall().Add(-offset)
		}
	}
	// Those before the first one learned.
	clear(nearest)
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		if offset, ok := known[readingOf(e)]; ok && !e.ZoneKnown {
			nearest[e.Country] = offset
		}
		if offset, ok := nearest[e.Country]; ok && guessed[i] {
			times[i] = e.wall().Add(-offset)
		}
	}
	return times
}
