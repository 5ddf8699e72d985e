package upu

import (
	"strings"

	"parcelwatch/carriers/internal/wire"
	"parcelwatch/parcel"
)

// row is what an event code says, and whether the table holds it. Posts have
// codes of their own beside the union's.
func (c *carrier) row(code string) (wire.Code, bool) {
	row, ok := c.codes.Find(strings.ToUpper(code), "*")
	if !ok {
		row = wire.Code{Status: parcel.InTransit, Side: wire.SideNone}
	}
	return row, ok
}
