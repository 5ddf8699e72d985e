package ems

import (
	"strings"

	"parcelwatch/carriers/internal/wire"
	"parcelwatch/parcel"
)

// label is what a label says, and whether the table holds it. There are no
// codes: the English labels are the table's.
func (c *carrier) label(text string) (wire.Code, bool) {
	for _, row := range c.codes.Codes() {
		if strings.EqualFold(row.Code, strings.TrimSuffix(text, ".")) {
			return row, true
		}
	}
	return wire.Code{Status: parcel.InTransit, Side: wire.SideNone}, false
}
