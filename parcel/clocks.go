package parcel

import "time"

// Some posts report wall clocks without a zone, and a country may span eleven
// hours. If another source reports the same scan with its zone, that zone also
// holds for the first one's clock, and probably for the events around it.

// reading identifies a scan by its wall clock, country and status.
type reading struct {
	minute  int64
	country string
	status  Status
}

func readingOf(e Event) reading {
	return reading{minute: e.wall().Unix() / 60, country: e.Country, status: e.Status}
}

// zones returns the offsets from UTC of the scans that some source reports with a
// zone.
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

// instants returns when the events of one source happened. Wall clocks are read in
// the zone learned from another source, or else in that of the nearest such event
// in the same country.
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
	// Events before the first one with a learned zone.
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
