package declared

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"parcelwatch/carriers/internal/adapter"
)

var dotNet = regexp.MustCompile(`^/Date\((-?\d{1,15})([+-]\d{4})?\)/$`)

// parse reads a time in one layout. instant says that it has an offset of its own.
func parse(text, layout string, zone *time.Location) (at time.Time, instant, ok bool) {
	switch layout {
	case layoutUnix, layoutUnixMS:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n <= 0 || n > 1e15 {
			return time.Time{}, false, false
		}
		if layout == layoutUnix {
			n *= 1000
		}
		return time.UnixMilli(int64(n)).UTC(), true, true
	case layoutDotNet:
		m := dotNet.FindStringSubmatch(text)
		if m == nil {
			return time.Time{}, false, false
		}
		ms, err := strconv.ParseInt(m[1], 10, 64)
		at = time.UnixMilli(ms).UTC()
		if offset, ok := adapter.Zone(m[2]); ok {
			at = at.In(offset)
		}
		return at, true, err == nil
	case layoutRFC3339:
		at, ok = adapter.At(text, time.UTC, time.RFC3339Nano, "2006-01-02T15:04:05.999-0700")
		return at, true, ok
	}
	if zone == nil {
		zone = time.UTC
	}
	at, ok = adapter.At(text, zone, layout)
	return at, strings.Contains(layout, "Z07") || strings.Contains(layout, "-07"), ok
}
