package adapter

import (
	"strings"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// maxText bounds one text of an event.
const maxText = 400

// Text is a carrier's text as an event holds it: one line, valid, bounded,
// without the names of persons.
func Text(s string) string { return NoNames(textx.Line(s, maxText)) }

// Country is an ISO code as services write it, upper case; empty for anything
// else.
func Country(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return ""
	}
	return s
}

// Alias is another number of the same parcel, if s is a number at all and not
// the one asked for.
func Alias(asked number.Number, s, field string) []parcel.Alias {
	n, err := number.Parse(s)
	if err != nil || n == asked {
		return nil
	}
	return []parcel.Alias{{Number: n, Field: field}}
}

// Same reports whether the service's text is the number asked for.
func Same(asked number.Number, s string) bool {
	n, err := number.Parse(s)
	return err == nil && n == asked
}
