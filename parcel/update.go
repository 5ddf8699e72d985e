package parcel

import (
	"slices"
	"time"
)

// maxEvents is how many events of one source are kept, the newest ones.
const maxEvents = 1000

// Update stores a carrier's answer. The new list replaces the earlier one from its
// first event on, because the carrier may have reworded or withdrawn events there.
// Older events that it no longer lists are kept. An answer without events removes
// nothing, and countries, days and pickup that it does not mention stay as they
// were.
func (s *Source) Update(t Tracking, now time.Time) {
	s.Result, s.Error, s.Asked = ResultOK, "", now
	keep(&s.Origin, t.Origin)
	keep(&s.Destination, t.Destination)
	keep(&s.ETA, t.ETA)
	keep(&s.Pickup.Until, t.PickupUntil)
	keep(&s.Pickup.Place, t.PickupPlace)
	if len(t.Events) == 0 {
		return
	}
	s.Answered = now
	events := slices.Concat(s.before(t.Events), t.Events)
	s.Events = events[max(0, len(events)-maxEvents):]
}

// before returns the source's events that are older than all of the new list.
func (s *Source) before(events []Event) []Event {
	start := ascending(instants(events, nil))[0]
	var older []Event
	for i, key := range ascending(instants(s.Events, nil)) {
		e := s.Events[i]
		if !key.Before(start) {
			continue
		}
		// An event whose zone or country was corrected has moved a little.
		again := start.Sub(key) <= spreadUnknown && slices.ContainsFunc(events, func(n Event) bool { return reworded(e, n) })
		if !again {
			older = append(older, e)
		}
	}
	return older
}

// reworded reports whether both are one carrier's event in different words.
func reworded(old, now Event) bool {
	same := func(a, b time.Time) bool { return a.Truncate(time.Minute).Equal(b.Truncate(time.Minute)) }
	return (same(old.Time, now.Time) || same(old.wall(), now.wall())) && (old.Status == now.Status || old.Text == now.Text || old.Code != "" && old.Code == now.Code)
}

// keep overwrites a value if the new one is not empty.
func keep[T ~string](into *T, said T) {
	if said != "" {
		*into = said
	}
}
