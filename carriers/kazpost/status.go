package kazpost

import (
	"slices"
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// home is the post's own country.
const home = "KZ"

// undo ends the codes of operations that cancel the one they name.
const undo = "_UNDO"

// row is what a code says, and whether the table holds it. A cancelled operation
// is told and moves nothing.
func (c *carrier) row(code string) (adapter.Code, bool) {
	if row, ok := c.codes.Find(code, "*"); ok {
		return row, true
	}
	if base, ok := strings.CutSuffix(code, undo); ok {
		words := base
		if row, ok := c.codes.Find(base, "*"); ok {
			words = row.Meaning
		}
		return adapter.Code{Code: code, Status: parcel.Info, Side: adapter.SideNone, Meaning: "Cancelled: " + words}, true
	}
	return adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone, Meaning: code}, false
}

// abroad reports scans of other posts. The post's own codes are its own scans;
// those of the union have a side, and which side is home the number tells. EMJ is
// a third country's.
func abroad(row adapter.Code, n number.Number) bool {
	outbound := n.Country() == home
	switch row.Side {
	case adapter.SideOrigin:
		return !outbound
	case adapter.SideDestination:
		return outbound
	case adapter.SideNone:
	}
	return row.Code == "EMJ"
}

// cancel takes out what a later operation undid: of each the last one before it.
func cancel(events []parcel.Event) []parcel.Event {
	var kept []parcel.Event
	for _, e := range events {
		if base, ok := strings.CutSuffix(e.Code, undo); ok {
			for i, k := range slices.Backward(kept) {
				if k.Code == base {
					kept = slices.Delete(kept, i, i+1)
					break
				}
			}
		}
		kept = append(kept, e)
	}
	return kept
}

// waits reports whether the last word is that the item waits for its addressee.
func waits(t parcel.Tracking) bool {
	last, ok := lastWord(t)
	return ok && last.Status == parcel.ReadyForPickup
}

// lastWord is the last event that moves the item.
func lastWord(t parcel.Tracking) (parcel.Event, bool) {
	for _, e := range slices.Backward(t.Events) {
		if e.Status != parcel.Info {
			return e, true
		}
	}
	return parcel.Event{}, false
}
