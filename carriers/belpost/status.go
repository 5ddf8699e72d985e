package belpost

import (
	"regexp"
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// home is the post's own country.
const home = "BY"

// byText are the rows of the table that are found by the start of the words, not
// by a number.
const byText = "text"

// exchange is the row of the scan that says only "office of international
// exchange": which side of the border it means, the place tells.
const exchange = "Принято в обработку в учреждении международного почтового обмена"

// status is what a step says. Known is false where neither its number nor its
// words are in the table. The words count more where the number says little:
// "arrived at a warehouse or an office", or 21, which is the handing over to one
// client and a courier's round to another.
func (c *carrier) status(code, text string, atHome, inbound bool) (row adapter.Code, known bool) {
	words, worded := c.worded(text)
	row, known = c.codes.Find(code, "*")
	if !known || worded && (row.Status == parcel.InTransit || code == "21") {
		row, known = words, worded
	}
	if !known {
		return adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}, false
	}
	if row.Sub == exchange {
		switch {
		case !atHome:
			row.Status = parcel.Export
		case inbound:
			row.Status = parcel.Import
		}
	}
	return row, true
}

// worded finds the row whose words the text begins with, the longest first.
func (c *carrier) worded(text string) (best adapter.Code, ok bool) {
	for _, row := range c.codes.Codes() {
		if row.Code == byText && len(row.Sub) > len(best.Sub) && strings.HasPrefix(text, row.Sub) {
			best, ok = row, true
		}
	}
	return best, ok
}

var homeTown = regexp.MustCompile(`(?i)^(\d{6} )?(minsk|gomel|homel|brest|grodno|hrodna|vitebsk|mogilev|mahilyow|минск|гомель|брест|гродно|витебск|могил[её]в)`)

// atHome reports whether a step is of a place in Belarus. The post's own system
// scans nowhere else; the other one passes on the scans of all posts.
func (s step) atHome() bool {
	return s.System == "internal" || homeTown.MatchString(string(s.Place))
}

// backwards turns what follows a return: handed over then, it is with the
// sender.
func backwards(events []parcel.Event) {
	returning := false
	for i, e := range events {
		switch {
		case e.Status == parcel.Returning:
			returning = true
		case returning && e.Status == parcel.Delivered:
			events[i].Status = parcel.Returned
		case returning && e.Status == parcel.ReadyForPickup:
			events[i].Status = parcel.Returning
		}
	}
}
