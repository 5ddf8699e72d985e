package adapter

import (
	"slices"
	"strings"
	"sync"
	"time"

	"parcelwatch/carriers"
)

// countries are the rows of the table, read once.
//
//nolint:gochecknoglobals // table
var countries = sync.OnceValue(func() [][]string { return slices.Collect(carriers.Countries()) })

// find returns the code and the zone of the country that fits. The table holds the
// countries that AliExpress ships from and to; an event of another one has no country.
func find(fits func(code, names string) bool) (code, zone string) {
	for _, row := range countries() {
		if fits(row[0], row[2]) {
			return row[0], row[1]
		}
	}
	return "", ""
}

// CountryNamed returns the ISO 3166-1 alpha-2 code of a country that a service
// names in its language or by a code, or "" if the name is not known. A town
// behind a comma is ignored.
func CountryNamed[S ~string](name S) string {
	s, _, _ := strings.Cut(string(name), ",")
	if c := Country(s); c != "" {
		return c
	}
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" {
		return ""
	}
	code, _ := find(func(_, names string) bool {
		for name := range strings.SplitSeq(names, "|") {
			if name == s {
				return true
			}
		}
		return false
	})
	return code
}

// ZoneOf returns the time zone of a country that has only one, or nil.
func ZoneOf(country string) *time.Location {
	_, name := find(func(code, _ string) bool { return code == country })
	if zone, err := time.LoadLocation(name); err == nil && name != "" {
		return zone
	}
	return nil
}
