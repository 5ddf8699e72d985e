package number

import (
	"errors"
	"slices"
	"strings"

	"parcelwatch/internal/textx"
)

// ErrInvalid is returned for a text that cannot be a tracking number.
var ErrInvalid = errors.New("not a tracking number: 5 to 40 letters, digits or dashes are expected")

// The least and the greatest length of a number.
const (
	minNumber = 5
	maxNumber = 40
)

// Number is a tracking number in canonical form: upper case, no blanks. Make
// one with [Parse].
type Number string

// Parse brings what a person or a carrier wrote into canonical form:
// blanks and invisible characters removed, upper case. Any 5 to 40 letters,
// digits and dashes are a number; whether it is a plausible one, its families
// and its check digit say.
func Parse(s string) (Number, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r - 'a' + 'A')
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			b.WriteRune(r)
		case r == ' ', r == '\t', r == '\u00a0', textx.Invisible(r):
		default:
			return "", ErrInvalid
		}
		if b.Len() > maxNumber {
			return "", ErrInvalid
		}
	}
	if b.Len() < minNumber {
		return "", ErrInvalid
	}
	return Number(b.String()), nil
}

// Families lists the families the number's form fits, best first; nil where
// none does. A form whose check digit is wrong comes after those without one.
func (n Number) Families() []Family {
	var families []Family
	n.forms(func(m formMatch) {
		if !slices.Contains(families, m.form.family) {
			families = append(families, m.form.family)
		}
	})
	return families
}

// Family is the best of [Number.Families], [FamilyUnknown] where there is none.
func (n Number) Family() Family {
	if m, ok := n.best(); ok {
		return m.form.family
	}
	return FamilyUnknown
}

// Check says whether the check digit holds, for the best family.
func (n Number) Check() Check {
	if m, ok := n.best(); ok {
		return m.check
	}
	return CheckNone
}

// Strength says how far the form alone makes this a tracking number. A wrong
// check digit leaves it weak, whatever the form.
func (n Number) Strength() Strength {
	if m, ok := n.best(); ok {
		return m.strength()
	}
	return Unlikely
}

// Internal reports whether the number is one of the shop's own or of its
// carrier's (AP.., LP.., CNG.., 18 digits): the local post gives the parcel
// another one later.
func (n Number) Internal() bool {
	m, ok := n.best()
	return ok && m.form.internal
}

// S10 reports whether the number has the form of the postal union with an
// issuing country that exists. The check digit is not asked.
func (n Number) S10() bool { return n.Country() != "" }

// Country is the issuing country of an S10 number (ISO 3166-1 alpha-2), empty
// for all others. The parcel need not start there: sellers use the numbers of
// third posts. The suffix YP is the mark of a carrier and no country.
func (n Number) Country() string {
	if !s10Shape(string(n)) {
		return ""
	}
	country := string(n[11:])
	if _, ok := PostOf(country); !ok {
		return ""
	}
	return country
}

// Untracked reports whether the number is of the letter post with customs
// barcode (U?), which is often scanned at the origin and never again: silence
// says nothing then.
func (n Number) Untracked() bool {
	return s10Shape(string(n)) && n[0] == 'U' && (n.S10() || strings.HasSuffix(string(n), "YP"))
}
