package novaposhta

import (
	"regexp"
	"strings"
	"time"

	"parcelwatch/carriers/internal/adapter"
)

// home is the country of the carrier.
const home = "UA"

// forecast reports whether a line has not happened yet. Past lines are "passed".
func forecast(state string) bool {
	switch strings.ToLower(state) {
	case "planned", "expected", "scheduled", "estimated", "future", "upcoming", "next", "pending":
		return true
	default:
		return false
	}
}

var foreignIndex = regexp.MustCompile(`^([A-Z]{2})-?\d{3,}`)

// country is where a scan was made. For scans in Moldova the field names Ukraine
// and only the postal code tells.
func (s scan) country() string {
	if m := foreignIndex.FindStringSubmatch(strings.ToUpper(string(s.PostCode))); m != nil {
		return m[1]
	}
	return adapter.Country(s.Country)
}

// local returns the instant with the offset of the country, if the country has
// one time zone.
func local(at time.Time, country string) time.Time {
	if zone := adapter.ZoneOf(country); zone != nil {
		return adapter.In(at, zone)
	}
	return at
}
