package russianpost

import (
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// home is the post's own country.
const home = "RU"

// status is what an operation says. Known is false for a type that the table
// does not hold. A few operations mean another thing at home than abroad.
func (c *carrier) status(kind, attr, country string, inbound bool) (status parcel.Status, known bool) {
	row, ok := c.codes.Find(kind, attr)
	if !ok {
		return parcel.InTransit, false
	}
	abroad := country != "" && country != home
	switch kind + ":" + attr {
	case "8:5": // arrived at an office of international exchange
		if inbound && country == home {
			return parcel.Import, true
		}
	case "8:6": // left it
		if abroad == inbound && country != "" {
			return parcel.Export, true
		}
	}
	if kind == "29" && !inbound { // passage through the exchange office
		return parcel.Export, true
	}
	return row.Status, true
}

// inward reports whether the item came from abroad: by the post that gave the
// number, else by where it was first seen.
func inward(records []record, n number.Number) bool {
	if issuer := n.Country(); issuer != "" {
		return issuer != home
	}
	for _, r := range records {
		if c := adapter.Country(r.Place.At.Code); c != "" {
			return c != home
		}
	}
	return false
}

// waits says where and until when the item is kept, where its last word is that
// it waits. Only the reminders tell how many days are left.
func waits(t *parcel.Tracking) {
	last := t.Events[len(t.Events)-1]
	if last.Status != parcel.ReadyForPickup {
		return
	}
	t.PickupPlace = last.Place
	if days, ok := daysLeft(last.Code); ok {
		t.PickupUntil = parcel.DateOf(last.Time.AddDate(0, 0, days))
	}
}

func daysLeft(code string) (int, bool) {
	switch code {
	case "8:42":
		return 1, true
	case "8:43", "8:56":
		return 2, true
	case "8:28":
		return 5, true
	case "8:35":
		return 10, true
	case "8:33":
		return 23, true
	case "8:27":
		return 25, true
	default:
		return 0, false
	}
}
