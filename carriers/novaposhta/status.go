package novaposhta

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// home is the carrier's own country.
const home = "UA"

// row is what a code says, and whether the table holds it.
func (c *carrier) row(code string) (adapter.Code, bool) {
	row, ok := c.codes.Find(code, "*")
	if !ok {
		row = adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}
	}
	return row, ok
}

// forecast reports a line that has not happened yet. Those that have are
// "passed".
func forecast(state string) bool {
	switch strings.ToLower(state) {
	case "planned", "expected", "scheduled", "estimated", "future", "upcoming", "next", "pending":
		return true
	default:
		return false
	}
}

var foreignIndex = regexp.MustCompile(`^([A-Z]{2})-?\d{3,}`)

// country is where a scan was made. The field for it names the carrier's country
// for scans in Moldova too; the postal code tells.
func (s scan) country() string {
	if m := foreignIndex.FindStringSubmatch(strings.ToUpper(string(s.PostCode))); m != nil {
		return m[1]
	}
	return adapter.Country(string(s.Country))
}

// loadZones are the zones of the countries where the carrier has branches and
// which have one: its times are instants, to be shown as the clock there.
func loadZones() (map[string]*time.Location, error) {
	zones := make(map[string]*time.Location)
	for country, name := range map[string]string{
		home: "Europe/Kyiv", "MD": "Europe/Chisinau", "PL": "Europe/Warsaw", "LT": "Europe/Vilnius", "LV": "Europe/Riga",
		"EE": "Europe/Tallinn", "CZ": "Europe/Prague", "SK": "Europe/Bratislava", "HU": "Europe/Budapest",
		"RO": "Europe/Bucharest", "DE": "Europe/Berlin", "IT": "Europe/Rome", "GB": "Europe/London", "CN": "Asia/Shanghai",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return nil, fmt.Errorf("zone of %s: %w", country, err)
		}
		zones[country] = zone
	}
	return zones, nil
}

// local is the instant on the clock of the country, as far as that is known.
func (c *carrier) local(at time.Time, country string) time.Time {
	zone, ok := c.zones[country]
	if !ok {
		return at
	}
	_, offset := at.In(zone).Zone()
	return at.In(adapter.Fixed(offset))
}
