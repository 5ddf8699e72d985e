package postnord

import (
	"cmp"
	"strings"
	"time"

	"parcelwatch/carriers/internal/adapter"
)

// row finds the row of an event's state. The codes of events (31, z08) are finer
// and not documented.
func (c *carrier) row(e event) adapter.Code { return c.Row(strings.ToUpper(string(e.Status)), "*") }

// clock returns the country of a place and the zone of its wall clock, nil if the
// zone is not known. Events without a country are made by the systems of the
// post, in Sweden and Denmark.
func clock(l location) (country string, zone *time.Location) {
	if l.CountryCode == "" && l.Country == "" {
		return "", adapter.ZoneOf("SE")
	}
	country = cmp.Or(adapter.CountryNamed(l.CountryCode), adapter.CountryNamed(l.Country))
	return country, adapter.ZoneOf(country)
}
