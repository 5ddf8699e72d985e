package adapter

import (
	"cmp"
	"slices"

	"parcelwatch/internal/ordered"
	"parcelwatch/parcel"
)

// maxEvents bounds a timeline. The newest events are kept.
const maxEvents = 500

// Events reads the lines of an answer. Lines for which read returns false are
// skipped: they are not events, or lack a time or any text.
func Events[T any](lines []T, read func(T) (parcel.Event, bool)) []parcel.Event {
	var events []parcel.Event
	for _, line := range lines {
		if ev, ok := read(line); ok {
			events = append(events, ev)
		}
	}
	return events
}

// Timeline sorts events, oldest first, keeping the service's order among equal
// times. Repeated lines are dropped and the length is bounded.
func Timeline(events []parcel.Event, newestFirst bool) []parcel.Event {
	if newestFirst {
		slices.Reverse(events)
	}
	ordered.Sort(events, func(a, b parcel.Event) int { return a.Time.Compare(b.Time) })
	type key struct {
		unix              int64
		code, text, place string
	}
	seen := make(map[key]bool, len(events))
	out := slices.DeleteFunc(events, func(e parcel.Event) bool {
		k := key{e.Time.UnixMilli(), e.Code, e.Text, e.Place}
		again := seen[k]
		seen[k] = true
		return again
	})
	return out[max(0, len(out)-maxEvents):]
}

// Waiting returns the last event that moves the parcel, if it says that the
// parcel waits for pickup.
func Waiting(events []parcel.Event) (parcel.Event, bool) {
	for _, e := range slices.Backward(events) {
		if e.Status != parcel.Info && !e.Guess {
			return e, e.Status == parcel.ReadyForPickup
		}
	}
	return parcel.Event{}, false
}

// unmapped returns the codes of guessed events without repetitions, or the texts of
// events without a code.
func unmapped(events []parcel.Event) []string {
	const most = 20
	var list []string
	for _, e := range events {
		code := cmp.Or(Line(e.Code, 60), Line(e.Text, 50))
		if e.Guess && len(list) < most && !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	return list
}
