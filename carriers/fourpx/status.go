package fourpx

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// row is what a code says, and whether the table or a rule holds it. The part
// after FPX_ is the stage; delivered ones and those of import customs are meant
// alike whatever follows.
func (c *carrier) row(code string) (adapter.Code, bool) {
	if row, ok := c.codes.Find(code, "*"); ok {
		return row, true
	}
	switch {
	case strings.HasPrefix(code, "FPX_S_OK"):
		return adapter.Code{Status: parcel.Delivered, Side: adapter.SideDestination, Meaning: "Delivered"}, true
	case strings.HasPrefix(code, "FPX_I_"):
		return adapter.Code{Status: parcel.Customs, Side: adapter.SideDestination, Meaning: "At customs"}, true
	default:
		return adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}, false
	}
}
