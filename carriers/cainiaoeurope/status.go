package cainiaoeurope

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// row finds the row of an action code. Codes that the table does not hold are told
// apart by their prefix RT_ (on the way back) and by what went wrong at their end.
func (c *carrier) row(code string) adapter.Code {
	row := c.Row(code, "*")
	switch {
	case !row.Guess:
	case strings.HasPrefix(code, "RT_"):
		row.Status, row.Guess = parcel.Returning, false
	case strings.HasSuffix(code, "_EXCEPTION"), strings.HasSuffix(code, "_FAILURE"):
		row.Status, row.Guess = parcel.Exception, false
	}
	return row
}
