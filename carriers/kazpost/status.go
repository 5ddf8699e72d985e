package kazpost

import (
	"cmp"
	"slices"
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// home is the post's country.
const home = "KZ"

// undo is the suffix of codes that cancel the operation before it.
const undo = "_UNDO"

// row finds the row of a code. A cancelled operation is shown and moves nothing.
func (c *carrier) row(code string) adapter.Code {
	row := c.Row(code, "*")
	if base, ok := strings.CutSuffix(code, undo); ok && row.Guess {
		meaning := cmp.Or(c.Row(base, "*").Meaning, base)
		return adapter.Code{Code: code, Status: parcel.Info, Side: adapter.SideNone, Meaning: "Cancelled: " + meaning}
	}
	return row
}

// abroad reports scans of other posts. Kazpost's own codes are its own scans.
// Those of the UPU have a side, and the number tells which side is Kazakhstan. EMJ
// is in a third country.
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

// cancel removes the operations that a later one cancelled: for each the last
// one before it.
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
