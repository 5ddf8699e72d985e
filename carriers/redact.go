package carriers

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	personalField = regexp.MustCompile(`(?i)("[\w.-]*(?:name|addr|street|phone|mobile|e[_-]?mail|recipient|receiver|recv|consignee|sender|customer|signed|signature)[\w.-]*"\s*:\s*")((?:[^"\\]|\\.)*)`)
	emailAddress  = regexp.MustCompile(`[\w.+-]+@[\w.-]+\.\w+`)
	longNumber    = regexp.MustCompile(`\d{6,}|\+\d[\d ()-]{4,}\d`)
)

// Redact makes a carrier's answer fit for a bug report. It masks the values of JSON
// fields that hold names or addresses, email addresses, and numbers of six digits
// or more, such as tracking numbers and phone numbers. Names in free text stay.
func Redact(answer []byte) []byte {
	answer = personalField.ReplaceAllFunc(answer, func(field []byte) []byte {
		parts := personalField.FindSubmatch(field)
		return append(parts[1], masked(parts[2])...)
	})
	answer = []byte(MaskEmail(string(answer)))
	return longNumber.ReplaceAllFunc(answer, masked)
}

func masked(text []byte) []byte { return []byte(Mask(string(text))) }

// MaskEmail masks the addresses of email in a text.
func MaskEmail(text string) string { return emailAddress.ReplaceAllStringFunc(text, Mask) }

// Mask replaces letters by x and digits by 0.
func Mask(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '0'
		case unicode.IsLetter(r):
			return 'x'
		default:
			return r
		}
	}, text)
}
