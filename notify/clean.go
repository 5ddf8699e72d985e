package notify

import (
	"regexp"
	"strings"
	"unicode"
)

// Limits of texts from outside, in characters.
const (
	maxTitle   = 90
	maxPlace   = 80
	maxText    = 200
	maxSubject = 110
)

// Marks around a text whose direction differs from the mail's, so that it does not
// reorder the text next to it.
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// isolate encloses a text in these marks if it contains right-to-left characters.
func isolate(s string) string {
	for _, r := range s {
		if rightToLeft(r) {
			return firstStrongIsolate + s + popIsolate
		}
	}
	return s
}

func rightToLeft(r rune) bool {
	return r >= 0x0590 && r <= 0x08ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff || r >= 0x10800 && r <= 0x10fff || r >= 0x1e800 && r <= 0x1efff
}

// bind keeps the numbers of a date on one line with the words after them, and with the
// month after a Spanish or Portuguese "de".
func bind(date string) string {
	var b strings.Builder
	digit := false
	for _, r := range date {
		if r == ' ' && digit {
			r = '\u00a0'
		}
		digit = unicode.IsDigit(r) || r == '.' && digit
		b.WriteRune(r)
	}
	return strings.ReplaceAll(b.String(), "\u00a0de ", "\u00a0de\u00a0")
}

// span is a piece of a text. A whole one stays on one line.
type span struct {
	Text  string
	Whole bool
}

var numberRange = regexp.MustCompile(`\d+(?:–|[ \x{a0}][aà][ \x{a0}])\d+`)

// spans cuts a text so that each range of numbers ("6–25", "6 à 25") is a whole piece:
// clients break a line after the dash.
func spans(s string) []span {
	var out []span
	end := 0
	for _, at := range numberRange.FindAllStringIndex(s, -1) {
		out = append(out, span{Text: s[end:at[0]]}, span{Text: s[at[0]:at[1]], Whole: true})
		end = at[1]
	}
	return append(out, span{Text: s[end:]})
}
