package cainiao

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// row finds the row of an action code. The table cannot hold all codes; those
// that end in a failure are exceptions.
func (c *carrier) row(code string) adapter.Code {
	row := c.Row(code, "*")
	if row.Guess && (strings.HasSuffix(code, "_FAILURE") || strings.HasSuffix(code, "_FAIL")) {
		row.Status, row.Guess = parcel.Exception, false
	}
	return row
}
