package postnord

import (
	"cmp"
	"strings"
	"time"

	"parcelwatch/carriers/internal/adapter"
)

// byText is the code of rows that are found by words.
const byText = "words"

// row finds the row of an event: of its state and code, of its words, or of its
// state. Most codes of events (31, z08) are not documented.
func (c *carrier) row(e event) adapter.Code {
	state := strings.ToUpper(string(e.Status))
	if row, ok := c.Find(state+":"+string(e.Code), "*"); ok {
		return row
	}
	if row, ok := c.Holds(byText, string(e.Text)); ok {
		return row
	}
	return c.Row(state, "*")
}

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
