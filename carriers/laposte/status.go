package laposte

import (
	"regexp"
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// row is what an event code says, and whether the table holds it.
func (c *carrier) row(code string) (adapter.Code, bool) {
	row, ok := c.codes.Find(strings.ToUpper(code), "*")
	if !ok {
		row = adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}
	}
	return row, ok
}

var colissimoForm = regexp.MustCompile(`^\d[A-Z]\d{11}$`)

// colissimo reports whether a number has the form of the domestic parcels.
func colissimo(s string) bool { return colissimoForm.MatchString(s) }
