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
	if n, err := Parse(s); err == nil && (n.Family() != FamilyUnknown || !strings.ContainsFunc(s, unicode.IsSpace)) {
		return withDigit(n)
	}
	var best Number
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		n, err := Parse(word)
		if err != nil || n.Family() == FamilyUnknown {
			continue
		}
		if _, err := withDigit(n); err == nil && (best == "" || n.Strength() > best.Strength()) {
			best = n
		}
	}
	if n, err := Parse(s); best == "" && err == nil && !strings.ContainsFunc(s, unicode.IsLetter) {
		return n, nil // groups of digits
	}
	if best == "" {
		return "", ErrInvalid
	}
	return best, nil
}

func withDigit(n Number) (Number, error) {
	if !strings.ContainsAny(string(n), "0123456789") {
		return "", ErrInvalid
	}
	return n, nil
}
