package setup

import (
	"slices"
	"strings"
	"time"
)

// Times parses times of day as users type them (8:00, 19.30, or just 9) and returns
// them sorted and without duplicates. ok is false if there is none or one is invalid.
func Times(s string) (at []string, ok bool) {
	for _, one := range List(s) {
		if !strings.ContainsAny(one, "0123456789") {
			continue // a word between two times
		}
		clock, known := clockOf(one)
		if !known {
			return nil, false
		}
		at = append(at, clock)
	}
	slices.Sort(at)
	return slices.Compact(at), len(at) > 0
}

func clockOf(s string) (string, bool) {
	for _, layout := range []string{"15:04", "15.04", "15"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format("15:04"), true
		}
	}
	return "", false
}
