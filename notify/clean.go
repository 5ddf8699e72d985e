package notify

import (
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

// bind keeps the numbers of a date on one line with the words after them.
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
	return b.String()
}
