package adapter

import (
	"slices"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

// maxEvents bounds a timeline. The newest are kept.
const maxEvents = 500

// The orders in which services list events.
const (
	NewestFirst = true
	OldestFirst = false
)

// Timeline brings events into the family's form: oldest first with the
// service's own order among equal times, repeated lines once, bounded.
func Timeline(events []parcel.Event, newestFirst bool) []parcel.Event {
	if newestFirst {
		slices.Reverse(events)
	}
	slices.SortStableFunc(events, func(a, b parcel.Event) int { return a.Time.Compare(b.Time) })
	type key struct {
		unix              int64
		code, text, place string
	}
	seen := make(map[key]bool, len(events))
	out := make([]parcel.Event, 0, len(events))
	for _, e := range events {
		k := key{e.Time.UnixMilli(), e.Code, e.Text, e.Place}
		if seen[k] {
			continue
		}
		seen[k] = true
		out = append(out, e)
	}
	if len(out) > maxEvents {
		out = out[len(out)-maxEvents:]
	}
	return out
}

// Unmapped lists a code once.
func Unmapped(list []string, code string) []string {
	if code == "" || slices.Contains(list, code) || len(list) >= 20 {
		return list
	}
	return append(list, textx.Line(code, 60))
}
