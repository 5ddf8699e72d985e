package correos

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
)

// home is the post's own country.
const home = "ES"

// byText are the rows of the table that are found by the start of the words.
const byText = "text"

// row is what an event says, and whether the table holds it. The second
// service's codes are exact. Of the first only a phase of four is known, which
// the words divide: a parcel that waits at the office and one that a courier has
// are the same phase.
func (c *carrier) row(code, text string) (adapter.Code, bool) {
	if !strings.HasPrefix(code, "phase=") {
		if row, ok := c.codes.Find(code, "*"); ok {
			return row, true
		}
	}
	if row, ok := c.worded(strings.ToLower(text)); ok {
		return row, true
	}
	return c.codes.Find(code, "*")
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
