package setup

import (
	"slices"
	"strings"
	"time"
)

// Times reads the times of a day as people type them (8:00 and 19.30, or just 9)
// and returns them in order, each once. ok is false where there is none, or one
// that is not a time.
func Times(s string) (at []string, ok bool) {
	for _, one := range List(s) {
		if !strings.ContainsAny(one, "0123456789") {
			continue // a word between two of them
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
