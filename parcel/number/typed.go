package number

import (
	"net/url"
	"strings"
	"unicode"
)

// maxTyped bounds a text in which a number is looked for, in bytes.
const maxTyped = 2000

// lookalikes are Cyrillic letters with the shape of Latin ones.
//
//nolint:gochecknoglobals // table
var lookalikes = strings.NewReplacer(
	"А", "A", "В", "B", "С", "C", "Е", "E", "Н", "H", "І", "I", "Ј", "J", "К", "K", "М", "M", "О", "O", "Р", "P", "Ѕ", "S", "Т", "T", "Х", "X", "У", "Y",
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
	s = lookalikes.Replace(strings.ToUpper(s))
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

func hasDigit(n Number) bool { return strings.ContainsAny(string(n), "0123456789") }
