package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of texts from outside, in characters.
const (
	maxTitle   = 90
	maxPlace   = 80
	maxText    = 200
	maxSubject = 110
)

// Marks put around a text whose direction is not that of the mail, so that it
// cannot turn its neighbours around.
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// clean makes a text from outside harmless wherever it lands: one line, no
// control, format or direction characters, no towers of accents, at most limit
// characters.
func clean(s string, limit int) string {
	// Nobody reads beyond; work is bounded before it begins.
	if most := limit * utf8.UTFMax * 4; len(s) > most {
		s = s[:most]
	}
	var b strings.Builder
	blank, marks, count := false, 0, 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			continue
		case unicode.IsSpace(r) || unicode.IsControl(r):
			blank = b.Len() > 0
			continue
		case !visible(r):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > 3 {
				continue
			}
		default:
			marks = 0
		}
		if count >= limit-1 {
			b.WriteRune('…')
			break
		}
		if blank {
			b.WriteByte(' ')
			blank = false
			count++
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// visible reports whether a character has a shape of its own. Format characters
// (direction marks, tags, soft hyphens) have none; the joiner is kept for emoji
// and for scripts that need it.
func visible(r rune) bool {
	if r == '\u200d' || r == '\u200c' {
		return true
	}
	return !unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) && r != '\u2028' && r != '\u2029'
}

// isolate fences a text off where it holds characters written from right to
// left.
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

// bind keeps the numbers of a date on one line with the words behind them.
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
