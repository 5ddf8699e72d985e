package cli

import (
	"strings"
	"unicode"

	"parcelwatch/internal/textx"

	"golang.org/x/text/width"
)

// Width returns the number of terminal cells that the text takes.
func Width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.M, r), textx.Invisible(r):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Fit cuts the text to a number of cells.
func Fit(s string, cells int) string {
	if Width(s) <= cells {
		return s
	}
	n := 0
	for i, r := range s {
		w := Width(string(r))
		if n+w > cells-1 {
			return s[:i] + "…"
		}
		n += w
	}
	return s
}

// Pad fills the text with blanks up to a number of cells.
func Pad(s string, cells int) string {
	return s + strings.Repeat(" ", max(0, cells-Width(s)))
}
