package number

import (
	"errors"
	"slices"
	"strings"

	"parcelwatch/internal/textx"
)

// ErrInvalid is returned for text that cannot be a tracking number.
var ErrInvalid = errors.New("not a tracking number: 5 to 40 letters, digits or dashes are expected")

// Bounds on the length of a number, in bytes.
const (
	minNumber = 5
	maxNumber = 40
)

// Number is a tracking number in canonical form: upper case, no blanks. Make
// one with [Parse].
type Number string

// Parse converts a number as typed or as a carrier wrote it to canonical form: it
// removes blanks and invisible characters and converts letters to upper case. Any
// 5 to 40 letters, digits and dashes are accepted; [Number.Families] and
// [Number.Check] tell how plausible the number is. The error is [ErrInvalid].
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

// Families lists the families whose form the number has, best first. Forms whose
// check digit is wrong come last.
func (n Number) Families() []Family {
	var families []Family
	n.forms(func(m formMatch) {
		if !slices.Contains(families, m.form.family) {
			families = append(families, m.form.family)
		}
	})
	return families
}

// Family returns the first of [Number.Families], or [FamilyUnknown].
func (n Number) Family() Family {
	if m, ok := n.best(); ok {
		return m.form.family
	}
	return FamilyUnknown
}

// FamilyIn returns the family that fits best for a parcel to a country (ISO 3166-1
// alpha-2): plain digits are numbers of different companies in different countries.
// An empty country is [Number.Family].
func (n Number) FamilyIn(country string) Family {
	if m, ok := n.bestIn(country); ok {
		return m.form.family
	}
	return FamilyUnknown
}

// Inner returns the number that USPS labels print behind "420" and the postal code,
// or "" if there is none.
func (n Number) Inner() Number {
	s := string(n)
	if !strings.HasPrefix(s, "420") || n.Family() != FamilyUSPS {
		return ""
	}
	return Number(s[len(s)-22:])
}

// Check returns the state of the check digit in the best family.
func (n Number) Check() Check {
	if m, ok := n.best(); ok {
		return m.check
	}
	return CheckNone
}

// CheckIn returns the state of the check digit in the best family for a country.
func (n Number) CheckIn(country string) Check {
	if m, ok := n.bestIn(country); ok {
		return m.check
	}
	return CheckNone
}

// Strength tells how likely the form alone makes this a tracking number. It is
// [Low] for a wrong check digit, whatever the form.
func (n Number) Strength() Strength {
	if m, ok := n.best(); ok {
		return m.strength()
	}
	return Unlikely
}

// Internal reports whether the shop or its carrier issued the number (AP.., LP..,
// CNG.., 18 digits). The local post gives such a parcel another number later.
func (n Number) Internal() bool {
	m, ok := n.best()
	return ok && m.form.internal
}

// Rank grades how far on its way a parcel gets a number.
type Rank int

// The ranks. A parcel's numbers usually come in this order.
const (
	RankShop Rank = iota // the shop's own, before a line has the parcel
	RankLine             // of the line that carries it abroad
	RankPost             // of a post or courier
)

// Rank returns the rank of the number.
func (n Number) Rank() Rank {
	switch {
	case !n.Internal():
		return RankPost
	case n.Family() == FamilyAliExpress:
		return RankShop
	default:
		return RankLine
	}
}

// S10 reports whether the number has the form of UPU standard S10 and the code of
// an existing issuing country. It does not look at the check digit.
func (n Number) S10() bool { return n.Country() != "" }

// Country returns the issuing country of an S10 number (ISO 3166-1 alpha-2) and ""
// for other numbers. The parcel need not start there: sellers use numbers of
// posts in third countries. The suffix YP marks a carrier, not a country.
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

// Untracked reports whether the number belongs to letter mail with a customs
// barcode (U?). Such mail is often scanned at the origin and never again, so
// silence means nothing.
func (n Number) Untracked() bool {
	return s10Shape(string(n)) && n[0] == 'U' && (n.S10() || strings.HasSuffix(string(n), "YP"))
}
