package inpost

import (
	"parcelwatch/carriers/internal/wire"
	"parcelwatch/parcel"
)

// row is what a code of either vocabulary says, and whether the table holds it.
func (c *carrier) row(code string) (wire.Code, bool) {
	row, ok := c.codes.Find(code, "*")
	if !ok {
		row = wire.Code{Status: parcel.InTransit, Side: wire.SideNone}
	}
	return row, ok
}
