package ukrposhta

import (
	"strconv"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// home is the post's country.
const home = "UA"

// handed is the code of a handover, to the addressee or as the reason says.
const handed = "41000"

// row finds the row of a code and the number of its reason.
func (c *carrier) row(code, reason, words string) adapter.Code {
	row := c.Row(code, reason)
	switch {
	case row.Guess && container(code):
		return adapter.Code{Sub: "*", Status: parcel.Info, Side: adapter.SideNone, Meaning: "Container scan"}
	case code == handed && adapter.Mentions(words, "відправнику", "to sender", "to the sender"):
		row.Status = parcel.Returned
	}
	return row
}

// container reports whether a code is used for scans of a container and not of
// the item.
func container(code string) bool {
	n, err := strconv.Atoi(code)
	return err == nil && n >= 2100 && n <= 4082
}
