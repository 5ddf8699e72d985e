package upu

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// row is what an event code says, and whether the table holds it. Posts have
// codes of their own beside the union's.
func (c *carrier) row(code string) (adapter.Code, bool) {
	row, ok := c.codes.Find(strings.ToUpper(code), "*")
	if !ok {
		row = adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}
	}
	return row, ok
}
