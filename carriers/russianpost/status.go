package russianpost

import (
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// home is the post's country.
const home = "RU"

// row finds the row of an operation. A few operations mean something else in
// Russia than abroad.
func (c *carrier) row(kind, attr, country string, inbound bool) adapter.Code {
	row := c.Row(kind, attr)
	switch code := kind + ":" + attr; {
	case code == "8:5" && inbound && country == home: // arrived at an office of international exchange
		row.Status = parcel.Import
	case code == "8:6" && country != "" && (country != home) == inbound: // left it
		row.Status = parcel.Export
	case kind == "29" && !inbound && !row.Guess: // passed it
		row.Status = parcel.Export
	}
	return row
}

// cancelled is the operation that takes back an operation recorded in error.
const cancelled = "26:2"

// takeBack removes the ends that a later operation takes back.
func takeBack(events []parcel.Event) []parcel.Event {
	var kept []parcel.Event
	for _, e := range events {
		if last := len(kept) - 1; e.Code == cancelled && last >= 0 && kept[last].Status.Final() {
			kept = kept[:last]
		}
		kept = append(kept, e)
	}
	return kept
}

// inward reports whether the item came from abroad, by the post that issued the
// number, or else by where it was first seen.
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

// storedUntil is the last day of storage of an item that waits. Only reminders
// tell how many days are left.
func storedUntil(events []parcel.Event) parcel.Date {
	last, waits := adapter.Waiting(events)
	if days, ok := daysLeft(last.Code); ok && waits {
		return parcel.DateOf(last.Time.AddDate(0, 0, days))
	}
	return ""
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
