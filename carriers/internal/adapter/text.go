package adapter

import (
	"slices"
	"strings"

	"parcelwatch/internal/textx"
)

// maxText is the greatest length of an event's text, in characters.
const maxText = 400

// Text returns a service's text as an event holds it: one bounded line of valid
// UTF-8 without personal names.
func Text[S ~string](s S) string { return NoNames(Line(s, maxText)) }

// Line returns a text as one line of at most limit characters, see [textx.Line].
func Line[S ~string](s S, limit int) string { return textx.Line(string(s), limit) }

// Country returns s as an ISO 3166-1 alpha-2 code in upper case, or "" if it has
// another form.
func Country[S ~string](s S) string {
	c := strings.ToUpper(strings.TrimSpace(string(s)))
	if len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
		return ""
	}
	return c
}

// Join joins the parts that are not empty, such as an office and its town.
func Join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}
