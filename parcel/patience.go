package parcel

import "strings"

// UsualGap returns how many days usually pass between leaving the origin and
// arriving at the destination (ISO countries; an unknown one counts as any). Before
// least no news is expected; after most the parcel is late.
func UsualGap(origin, destination string) (least, most int) {
	if origin != "" && origin == destination {
		return 0, 5 // no border
	}
	for _, g := range usual().gaps {
		if inRegion(origin, g.from) && inRegion(destination, g.to) {
			return g.least, g.most
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
