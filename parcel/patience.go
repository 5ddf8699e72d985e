package parcel

import (
	"strconv"
	"strings"
	"sync"
)

// UsualGap returns how many days usually pass between leaving the origin and
// arriving at the destination (ISO countries; an unknown one counts as any). Before
// least no news is expected; after most the parcel is late.
func UsualGap(origin, destination string) (least, most int) {
	if origin != "" && origin == destination {
		return 0, 5 // no border
	}
	for _, g := range gaps() {
		if inRegion(origin, g.from) && inRegion(destination, g.to) {
			return g.least, g.most
		}
	}
	return 7, 40
}

// gap is how many days usually pass between two regions.
type gap struct {
	from, to    string
	least, most int
}

// gaps is the table, the first row that fits counts.
//
//nolint:gochecknoglobals // table
var gaps = sync.OnceValue(func() []gap {
	var all []gap
	for row := range table("gaps.tsv", 4) {
		g := gap{from: row[0], to: row[1]}
		g.least, _ = strconv.Atoi(row[2])
		g.most, _ = strconv.Atoi(row[3])
		all = append(all, g)
	}
	return all
})

// inRegion reports whether a country is, or lies in, a region of the table.
func inRegion(country, region string) bool {
	switch region {
	case "*":
		return true
	case "china":
		return listed("CN HK MO TW SG MY TH VN", country)
	case "europe":
		return inUnion(country) || listed("GB CH LI NO IS AD MC SM VA", country)
	default:
		return country == region
	}
}

// listed reports whether a country is in a list of codes.
func listed(list, country string) bool {
	return len(country) == 2 && strings.Contains(list, country)
}
