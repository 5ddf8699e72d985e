package inpost

import (
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// row is what a code of either vocabulary says, and whether the table holds it.
func (c *carrier) row(code string) (adapter.Code, bool) {
	row, ok := c.codes.Find(code, "*")
	if !ok {
		row = adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}
	}
	return row, ok
}
