package singpost

import (
	"regexp"

	"parcelwatch/carriers/internal/adapter"
)

// home is the post's country.
const home = "SG"

// byText is the code of rows that are found by words.
const byText = "words"

// row finds the row of an event by its words, or else by its code.
func (c *carrier) row(code, text string) adapter.Code {
	if row, ok := c.Holds(byText, text); ok {
		return row
	}
	row := c.Row(code, "*")
	row.Guess = row.Guess && code != ""
	return row
}

var countryForm = regexp.MustCompile(`(?i)\(country(?: code)?:\s*([a-z]{2})\)`)

// abroad is the country in the words of an event: "Despatched to overseas
// (Country code: BY)".
func abroad(text string) string {
	if m := countryForm.FindStringSubmatch(text); m != nil {
		return adapter.Country(m[1])
	}
	return ""
}
