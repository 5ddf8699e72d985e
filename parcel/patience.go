package parcel

// gap is the usual time between leaving a country and being seen in another, in
// days.
type gap struct {
	origin, destination string
	least, most         int
}

// UsualGap is how many days usually pass between export and import on a route.
// Countries that are not known are taken for anywhere.
func UsualGap(origin, destination string) (least, most int) {
	_, _ = origin, destination
	return 7, 30
}
