package adapter

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"parcelwatch/parcel"
)

var offsetForm = regexp.MustCompile(`^(?:GMT|UTC)?\s*([+-])(\d{1,2})(?::?(\d{2}))?$`)

// Zone parses the offsets that services send: "GMT+8", "GMT+02:00", "+08",
// "UTC+0800", "Z".
func Zone[S ~string](text S) (*time.Location, bool) {
	s := strings.ToUpper(strings.TrimSpace(string(text)))
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

// Fixed returns a zone the given seconds east of UTC. It has no name, so that
// equal offsets compare equal.
func Fixed(seconds int) *time.Location {
	if seconds == 0 {
		return time.UTC
	}
	return time.FixedZone("", seconds)
}

// At parses a time with the first layout that fits, in loc if the text has no zone.
// Implausible years are refused.
func At[S ~string](text S, loc *time.Location, layouts ...string) (time.Time, bool) {
	s := strings.TrimSpace(string(text))
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l, s, loc); err == nil && Plausible(t) {
			return anonymous(t), true
		}
	}
	return time.Time{}, false
}

// Moment parses a time that either has an offset (RFC 3339 and its variant without
// a colon) or is a wall clock in one of the layouts. A wall clock is read in zone;
// if zone is nil, it is read as UTC and zoned is false.
func Moment[S ~string](text S, zone *time.Location, layouts ...string) (at time.Time, zoned, ok bool) {
	if at, ok := At(text, time.UTC, time.RFC3339Nano, "2006-01-02T15:04:05.999-0700"); ok {
		return at, true, true
	}
	zoned = zone != nil
	if !zoned {
		zone = time.UTC
	}
	at, ok = At(text, zone, layouts...)
	return at, zoned, ok
}

// Day returns the date of a time as [At] parses it, or "".
func Day[S ~string](text S, loc *time.Location, layouts ...string) parcel.Date {
	if at, ok := At(text, loc, layouts...); ok {
		return parcel.DateOf(at)
	}
	return ""
}

// In returns the time with the offset that the zone has at that time.
func In(at time.Time, zone *time.Location) time.Time { return anonymous(at.In(zone)) }

// Plausible reports whether an event can have this time: services send zero and
// far future times for "none".
func Plausible(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2100 }

// anonymous replaces the zone of a time by its offset, see [Fixed].
func anonymous(t time.Time) time.Time {
	_, off := t.Zone()
	return t.In(Fixed(off))
}
