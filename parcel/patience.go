package parcel

// gap is the usual time between leaving one region and arriving in a country, in
// days: the fastest take least, and more than most is unusual.
type gap struct {
	origin, destination string // region or country
	least, most         int
}

// The regions of the routes.
const (
	regionChina  = "china"  // and its neighbours that ship for Chinese sellers
	regionEurope = "europe" // the European Union and its neighbours in customs matters
	regionAny    = ""
)

// gaps lists the usual times; the first matching row counts. These are estimates,
// not measurements: no post publishes the time between two borders. Buyers' guides
// give 10 to 20 days from China to Russia, less for the shop's own flights, and 20
// to 30 for the cheapest services to anywhere; 7 to 25 covers that. The other rows
// are derived from it by distance, flights and customs: short to neighbours, long
// to South America and via third countries. The user's history replaces them after
// some journeys.
//
//nolint:gochecknoglobals // table
var gaps = []gap{
	{regionChina, "RU", 7, 25},
	{regionChina, "KZ", 5, 20},
	{regionChina, "KG", 6, 25},
	{regionChina, "UZ", 7, 30},
	{regionChina, "TJ", 8, 35},
	{regionChina, "TM", 10, 40},
	{regionChina, "MN", 4, 20},
	{regionChina, "BY", 8, 30},
	{regionChina, "UA", 10, 35}, // no flights: via a third country
	{regionChina, "MD", 10, 35},
	{regionChina, "AM", 8, 30},
	{regionChina, "AZ", 8, 30},
	{regionChina, "GE", 8, 30},
	{regionChina, "TR", 7, 25},
	{regionChina, "IL", 6, 25},
	{regionChina, "GB", 5, 20},
	{regionChina, "US", 5, 20},
	{regionChina, "CA", 6, 25},
	{regionChina, "MX", 7, 30},
	{regionChina, "BR", 8, 35},
	{regionChina, "CL", 8, 35},
	{regionChina, "AR", 12, 45},
	{regionChina, "AU", 5, 20},
	{regionChina, "NZ", 6, 25},
	{regionChina, "KR", 2, 10},
	{regionChina, "JP", 2, 12},
	{regionChina, "ES", 5, 20},
	{regionChina, "FR", 5, 20},
	{regionChina, "BE", 5, 20},
	{regionChina, "NL", 5, 20},
	{regionChina, regionEurope, 6, 25},
	{regionChina, regionChina, 2, 12},
	{regionChina, regionAny, 7, 35},
	{regionEurope, regionEurope, 2, 12},
	{regionEurope, "RU", 10, 40}, // no direct flights: via a third country
	{regionEurope, "BY", 5, 30},
	{regionEurope, "UA", 3, 20},
	{regionEurope, regionAny, 6, 30},
	{"RU", "BY", 2, 14}, // lorries and trains inside the customs union
	{"RU", "KZ", 3, 18},
	{"BY", "RU", 2, 14},
	{"KZ", "RU", 3, 18},
	{"TR", "RU", 4, 25},
	{"US", "CA", 3, 18},
	{"CA", "US", 3, 18},
	{"US", regionAny, 7, 30},
}

// UsualGap returns how many days usually pass between leaving the origin and
// arriving at the destination (ISO countries; an unknown one counts as any). Before
// least no news is expected; after most the parcel is late.
func UsualGap(origin, destination string) (least, most int) {
	if origin != "" && origin == destination {
		return 0, 5 // no border
	}
	for _, g := range gaps {
		if inRegion(origin, g.origin) && (g.destination == regionAny || inRegion(destination, g.destination)) {
			return g.least, g.most
		}
	}
	return 7, 40
}

// inRegion reports whether a country is, or lies in, a region of the table.
func inRegion(country, region string) bool {
	switch region {
	case regionChina:
		switch country {
		case "CN", "HK", "MO", "TW", "SG", "MY", "TH", "VN":
			return true
		}
		return false
	case regionEurope:
		switch country {
		case "GB", "CH", "LI", "NO", "IS", "AD", "MC", "SM", "VA":
			return true
		}
		return inUnion(country)
	default:
		return country == region
	}
}
