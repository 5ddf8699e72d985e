package singpost

import (
	"regexp"
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// home is the post's own country.
const home = "SG"

// wordy marks the rows of the table that are found by words.
const wordy = "words"

// row is what an event says: its words where they are in the table, the first
// that is found, else its code. Codes whose meaning is not known count as known
// here, since their words are told anyway.
func (c *carrier) row(code, text string) (adapter.Code, bool) {
	text = strings.ToLower(text)
	for _, row := range c.codes.Codes() {
		if row.Code == wordy && strings.Contains(text, row.Sub) {
			return row, true
		}
	}
	row, ok := c.codes.Find(code, "*")
	if !ok {
		row = adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone}
	}
	return row, ok || code == ""
}

var countryForm = regexp.MustCompile(`(?i)\(country(?: code)?:\s*([a-z]{2})\)`)

// abroad is the country that the words of an event name: "Despatched to overseas
// (Country code: BY)".
func abroad(text string) string {
	if m := countryForm.FindStringSubmatch(text); m != nil {
		return adapter.Country(m[1])
	}
	return ""
}
