package cainiao

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// status is what an action code says and on which side of the journey. New codes
// do occur; their names end in what went wrong, if something did.
func (c *carrier) status(code string) (parcel.Status, adapter.Side) {
	if row, ok := c.codes.Find(code, "*"); ok {
		return row.Status, row.Side
	}
	if failure(code) {
		return parcel.Exception, adapter.SideNone
	}
	return parcel.InTransit, adapter.SideNone
}

// known reports whether the table or the rule for failures holds the code.
func (c *carrier) known(code string) bool {
	_, ok := c.codes.Find(code, "*")
	return ok || failure(code)
}

func failure(code string) bool {
	return strings.HasSuffix(code, "_FAILURE") || strings.HasSuffix(code, "_FAIL")
}
