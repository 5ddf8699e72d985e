package dhl

import (
	"cmp"
	"strings"

	"parcelwatch/carriers/internal/adapter"
)

// Codes of the table.
const (
	transit = "transit"
	wordy   = "words" // rows for events without a code; the service does not send it
)

// row finds the row of a status code and the words beside it, since the service
// has only five codes. Sub-codes of the table are words.
func (c *carrier) row(code, text string) adapter.Code {
	codes := []string{code}
	if code == "" {
		codes = []string{wordy, transit}
	}
	for _, code := range codes {
		if row, ok := c.Holds(code, text); ok {
			return row
		}
	}
	return c.Row(cmp.Or(code, transit), "*")
}

// words returns the words of an event. The status is a sentence for some services
// and a mere code for others, which put the rest into the description. The
// description of a delivery may be the name of the signatory, so it is used only
// if it mentions a step.
func words(e event) string {
	status, description := adapter.Text(e.Status), adapter.Text(e.Description)
	switch {
	case description == "", !strings.EqualFold(status, string(e.Code)) && len(strings.Fields(status)) > 1:
		return status
	case !handed(e) || mentionsStep(description):
		return description
	default:
		return status
	}
}

// handed reports whether an event is a delivery, by its code or its words.
func handed(e event) bool {
	said := e.Code + " " + e.Status
	return adapter.Mentions(said, "deliver", "signed") || said == " "
}

// mentionsStep reports whether a text is about a delivery or another step, and
// not a name.
func mentionsStep(text string) bool {
	return adapter.Mentions(text,
		"deliver", "signed", "handed", "pick", "collect", "shipment", "parcel", "recipient", "arriv", "depart", "process",
		"customs", "clearance", "transit", "courier", "forward", "sort", "hold", "return", "received")
}
