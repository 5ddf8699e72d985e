package cainiao

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// row finds the row of an action code. Of codes that the table does not hold, the
// prefix RT_ means the way back and the end tells what went wrong.
func (c *carrier) row(code string) adapter.Code {
	row := c.Row(code, "*")
	switch {
	case !row.Guess:
	case strings.HasPrefix(code, "RT_"):
		row.Status, row.Guess = parcel.Returning, false
	case strings.HasSuffix(code, "_FAILURE"), strings.HasSuffix(code, "_FAIL"), strings.HasSuffix(code, "_EXCEPTION"):
		row.Status, row.Guess = parcel.Exception, false
	}
	return row
}
