package adapter

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var offsetForm = regexp.MustCompile(`^(?:GMT|UTC)?\s*([+-])(\d{1,2})(?::?(\d{2}))?$`)

// Zone reads the offset forms of the services: "GMT+8", "GMT+02:00", "+08",
// "UTC+0800", "Z".
func Zone(s string) (*time.Location, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	switch s {
	case "Z", "GMT", "UTC":
		return time.UTC, true
	}
	m := offsetForm.FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	hours, _ := strconv.Atoi(m[2])
	minutes := 0
	if m[3] != "" {
		minutes, _ = strconv.Atoi(m[3])
	}
	seconds := hours*3600 + minutes*60
	if seconds > 14*3600 || minutes > 59 {
		return nil, false
	}
	if m[1] == "-" {
		seconds = -seconds
	}
	return Fixed(seconds), true
}

// Fixed is a zone so many seconds east of Greenwich, without a name, so that
// equal offsets compare and print alike.
func Fixed(seconds int) *time.Location {
	if seconds == 0 {
		return time.UTC
	}
	return time.FixedZone("", seconds)
}

// At reads a time by the first layout that fits, in loc where the text names no
// zone. Years in which no parcel of today travelled are refused.
func At(s string, loc *time.Location, layouts ...string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l, s, loc); err == nil && Plausible(t) {
			return anonymous(t), true
		}
	}
	return time.Time{}, false
}

// Plausible reports whether a parcel's event can have this time: services send
// zero and far future times for "none".
func Plausible(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2100 }

// anonymous gives parsed offsets the nameless form of [Fixed].
func anonymous(t time.Time) time.Time {
	_, off := t.Zone()
	return t.In(Fixed(off))
}
