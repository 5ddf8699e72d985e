package correos

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
)

// home is the post's country.
const home = "ES"

// byText is the code of rows that are found by the first words of a text.
const byText = "text"

// row finds the row of an event. Codes of the second service are exact. The first
// one only has four phases, which the words divide: a parcel at the office and
// one with the courier are in the same phase.
func (c *carrier) row(code, text string) adapter.Code {
	row, exact := c.Find(code, "*")
	if exact && !strings.HasPrefix(code, "phase=") {
		return row
	}
	if words, ok := c.Begins(byText, text); ok {
		return words
	}
	return c.Row(code, "*")
}
