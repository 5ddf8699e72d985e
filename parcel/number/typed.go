package number

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTyped bounds a text in which a number is looked for, in bytes.
const maxTyped = 2000

// Cyrillic letters, and the Latin ones of the same shape in the same order.
const (
	cyrillic = "АВСЕНІЈКМОРЅТХУ"
	latin    = "ABCEHIJKMOPSTXY"
)

// Typed returns the number in a text that a person typed or pasted: a number, a link to
// a tracking page, or words around a number of a known form. Cyrillic letters with the
// shape of Latin ones count as Latin. A number without a digit is a word: [ErrInvalid].
func Typed(s string) (Number, error) {
	if len(s) > maxTyped {
		return "", ErrInvalid
	}
	if plain, err := url.PathUnescape(s); err == nil && strings.Contains(s, "://") {
		s = plain
	}
	s = strings.Map(toLatin, strings.ToUpper(s))
	whole, err := Parse(s)
	if err == nil && hasDigit(whole) && (whole.Family() != FamilyUnknown || !strings.ContainsFunc(s, unicode.IsSpace)) {
		return whole, nil
	}
	var best Number
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		n, err := Parse(word)
		if err == nil && n.Family() != FamilyUnknown && hasDigit(n) && (best == "" || n.Strength() > best.Strength()) {
			best = n
		}
	}
	switch {
	case best != "":
		return best, nil
	case err == nil && hasDigit(whole) && !strings.ContainsFunc(s, unicode.IsLetter): // groups of digits
		return whole, nil
	default:
		return "", ErrInvalid
	}
}

// toLatin returns the Latin letter of the same shape as a Cyrillic one, or r itself.
func toLatin(r rune) rune {
	before, _, ok := strings.Cut(cyrillic, string(r))
	if !ok {
		return r
	}
	return rune(latin[utf8.RuneCountInString(before)])
}

func hasDigit(n Number) bool { return strings.ContainsAny(string(n), "0123456789") }
