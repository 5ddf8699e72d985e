package fourpx

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// row finds the row of a code. The part after FPX_ is the stage: all codes of a
// delivery, and all of import customs, mean the same.
func (c *carrier) row(code string) adapter.Code {
	row := c.Row(code, "*")
	switch {
	case !row.Guess:
		return row
	case strings.HasPrefix(code, "FPX_S_OK"):
		return adapter.Code{Status: parcel.Delivered, Side: adapter.SideDestination, Meaning: "Delivered"}
	case strings.HasPrefix(code, "FPX_I_"):
		return adapter.Code{Status: parcel.Customs, Side: adapter.SideDestination, Meaning: "At customs"}
	default:
		return row
	}
}
