package dhl

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// Codes of the table that the service does not send.
const (
	transit = "transit" // its words also tell events without a code apart
	wordy   = "words"   // words of events without a code
)

// row is what a status code says, refined by the words beside it: the service
// has only five codes. Sub-codes of the table are words, the first that is found
// counts.
func (c *carrier) row(code, text string) (adapter.Code, bool) {
	text = strings.ToLower(text)
	codes := []string{code}
	if code == "" {
		codes = []string{wordy, transit}
	}
	for _, code := range codes {
		for _, row := range c.codes.Codes() {
			if row.Code == code && row.Sub != "*" && strings.Contains(text, row.Sub) {
				return row, true
			}
		}
	}
	if code == "" {
		code = transit
	}
	row, ok := c.codes.Find(code, "*")
	if !ok {
		row = adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}
	}
	return row, ok
}

// words are the service's own. The status is a sentence for some services and a
// mere code for others, which tell the rest in the description. That of a
// delivery may be the name of who signed, so it counts only where it speaks of
// one.
func words(e event) string {
	status, description := adapter.Text(string(e.Status)), adapter.Text(string(e.Description))
	switch {
	case description == "", status != "" && !strings.EqualFold(status, string(e.Code)) && len(strings.Fields(status)) > 1:
		return status
	case !handed(e) || speaks(description):
		return description
	default:
		return status
	}
}

// handed reports whether an event is of a delivery, by its code or its words.
func handed(e event) bool {
	said := strings.ToLower(string(e.Code + " " + e.Status))
	return strings.Contains(said, "deliver") || strings.Contains(said, "signed") || strings.TrimSpace(said) == ""
}

// speaks reports whether a text is of a delivery or another step, not a name.
func speaks(text string) bool {
	text = strings.ToLower(text)
	for _, w := range []string{
		"deliver", "signed", "handed", "pick", "collect", "shipment", "parcel", "recipient", "arriv", "depart", "process",
		"customs", "clearance", "transit", "courier", "forward", "sort", "hold", "return", "received",
	} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
