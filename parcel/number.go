package parcel

import (
	"errors"
	"strings"
)

// ErrNumber is returned for a text that cannot be a tracking number.
var ErrNumber = errors.New("not a tracking number: 5 to 40 letters, digits or dashes are expected")

// Number is a tracking number in canonical form: upper case, no blanks. Make
// one with [ParseNumber].
type Number string

// ParseNumber brings what a person or a carrier wrote into canonical form:
// blanks and invisible characters removed, upper case. Any 5 to 40 letters,
// digits and dashes are a number; whether it is a plausible one, its families
// and its check digit say.
func ParseNumber(s string) (Number, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r - 'a' + 'A')
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			b.WriteRune(r)
		case r == ' ', r == '\t', r == '\u00a0', r == '\u200b', r == '\u200c', r == '\u200d', r == '\u2060', r == '\ufeff':
		default:
			return "", ErrNumber
		}
	}
	if n := b.Len(); n < 5 || n > 40 {
		return "", ErrNumber
	}
	return Number(b.String()), nil
}
