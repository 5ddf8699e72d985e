package parcel

import (
	"slices"
	"strconv"
	"strings"
)

// UsualGap returns how many days usually pass between leaving the origin and
// arriving at the destination (ISO countries; an unknown one counts as any). Before
// least no news is expected; after most the parcel is late.
func UsualGap(origin, destination string) (least, most int) {
	if origin != "" && origin == destination {
		return 0, 5 // no border
	}
	for row := range table("gaps.tsv", 4) {
		if inRegion(origin, row[0]) && inRegion(destination, row[1]) {
			least, _ = strconv.Atoi(row[2])
			most, _ = strconv.Atoi(row[3])
			return least, most
		}
	}
	return 7, 40
}

// inRegion reports whether a country is, or lies in, a region of the table.
func inRegion(country, region string) bool {
	switch region {
	case "*":
		return true
	case "china":
		return slices.Contains(strings.Fields("CN HK MO TW SG MY TH VN"), country)
	case "europe":
		return inUnion(country) || slices.Contains(strings.Fields("GB CH LI NO IS AD MC SM VA"), country)
	default:
		return country == region
	}
}
