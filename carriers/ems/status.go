package ems

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// label is what a label says, and whether the table holds it. There are no
// codes: the English labels are the table's.
func (c *carrier) label(text string) (adapter.Code, bool) {
	for _, row := range c.codes.Codes() {
		if strings.EqualFold(row.Code, strings.TrimSuffix(text, ".")) {
			return row, true
		}
	}
	return adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}, false
}
