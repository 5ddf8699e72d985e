package adapter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parcelwatch/parcel"
)

// maxText bounds one text of an event.
const maxText = 400

// Text is a carrier's text as an event holds it: one line, valid, bounded,
// without the names of persons.
func Text(s string) string { return NoNames(Line(s, maxText)) }

// Line brings any text into one line of at most limit characters: blanks
// folded, control and invisible formatting characters dropped.
func Line(s string, limit int) string {
	if len(s) > 8*limit {
		s = s[:8*limit]
	}
	s = strings.ToValidUTF8(s, "")
	var b strings.Builder
	blank, n := false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			blank = n > 0
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			continue
		}
		if n >= limit {
			b.WriteRune('…')
			break
		}
		if blank {
			b.WriteByte(' ')
			blank = false
			n++
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// Country is an ISO code as services write it, upper case; empty for anything
// else.
func Country(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return ""
	}
	return s
}

// Alias is another number of the same parcel, if s is a number at all and not
// the one asked for.
func Alias(asked parcel.Number, s, field string) []parcel.Alias {
	n, err := parcel.ParseNumber(s)
	if err != nil || n == asked {
		return nil
	}
	return []parcel.Alias{{Number: n, Field: field}}
}

// Same reports whether the service's text is the number asked for.
func Same(asked parcel.Number, s string) bool {
	n, err := parcel.ParseNumber(s)
	return err == nil && n == asked
}
