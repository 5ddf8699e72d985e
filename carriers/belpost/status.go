package belpost

import (
	"regexp"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// home is the post's country.
const home = "BY"

// byText is the code of rows that are found by the first words of a text.
const byText = "text"

// exchange are the words of a scan at "an office of international exchange". The
// place of the scan tells on which side of the border that is.
const exchange = "Принято в обработку в учреждении международного почтового обмена"

// row finds the row of a step. Its words decide where its number means little:
// "arrived at a warehouse or an office", or 21, which is both the handover to an
// addressee and a courier's round.
func (c *carrier) row(code, text string, atHome, inbound bool) adapter.Code {
	row := c.Row(code, "*")
	if words, ok := c.Begins(byText, text); row.Guess || ok && (row.Status == parcel.InTransit || code == "21") {
		if !ok {
			return row
		}
		row = words
	}
	if row.Sub == exchange {
		switch {
		case !atHome:
			row.Status = parcel.Export
		case inbound:
			row.Status = parcel.Import
		}
	}
	return row
}

var homeTown = regexp.MustCompile(`(?i)^(\d{6} )?(minsk|gomel|homel|brest|grodno|hrodna|vitebsk|mogilev|mahilyow|минск|гомель|брест|гродно|витебск|могил[её]в)`)

// atHome reports whether a step was made in Belarus. The "internal" system holds
// the post's own scans, the other one the scans of all posts.
func (s step) atHome() bool {
	return s.System == "internal" || homeTown.MatchString(string(s.Place))
}

// backwards corrects what follows a return: handed over then, the item is with
// its sender.
func backwards(events []parcel.Event) {
	returning := false
	for i, e := range events {
		returning = returning || e.Status == parcel.Returning
		if returning && e.Status == parcel.Delivered {
			events[i].Status = parcel.Returned
		}
	}
}
