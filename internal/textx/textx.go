// Package textx makes text from outside fit for logs, terminals, mail and the
// store. It knows nothing of mail, parcels or languages.
package textx

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks one character keeps.
const maxMarks = 3

const ellipsis = "…"

// Line returns s as one line of at most limit characters. A text that was cut
// ends in an ellipsis, which counts.
//
// Blanks, line breaks and control characters become single blanks, with none at
// either end. Invalid UTF-8, characters that have no shape of their own
// (direction marks, tags, soft hyphens, private use) and combining marks after
// the third are dropped. A joiner stays between two visible characters: emoji
// and several scripts need it.
func Line(s string, limit int) string { return line(s, limit) }

// Clean is [Line] without a limit.
func Clean(s string) string { return line(s, math.MaxInt) }

// Cut returns the first limit characters of s.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for i := range s {
		if limit--; limit < 0 {
			return s[:i]
		}
	}
	return s
}

// Invisible reports whether r has no width and no meaning of its own: zero-width
// blanks and joiners, soft hyphens, direction marks, tags, the byte order mark.
// Mails are padded with them.
func Invisible(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r == 0x34f, r == 0x61c, r == 0x180e, r == 0xfeff:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	default:
		return r >= 0xfff9 && r <= 0xfffb || r >= 0xe0000 && r <= 0xe0fff
	}
}

func line(s string, limit int) string {
	var b strings.Builder
	blank, joiner, marks := false, rune(0), 0
	count, cut := 0, 0 // characters written; bytes of those that stand before an ellipsis
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			blank, joiner = count > 0, 0
			continue
		case r == '\u200c' || r == '\u200d':
			joiner = r
			continue
		case !shown(r):
			continue
		case !unicode.Is(unicode.M, r):
			marks = 0
		case marks == maxMarks:
			continue
		default:
			marks++
		}
		for _, next := range []rune{pending(blank, joiner, count), r} {
			if next == 0 {
				continue
			}
			if count == limit-1 {
				cut = b.Len()
			}
			if count == limit {
				return strings.TrimRight(b.String()[:cut], " \u200c\u200d") + ellipsis
			}
			b.WriteRune(next)
			count++
		}
		blank, joiner = false, 0
	}
	return b.String()
}

// pending is the character that separates the next one from those already
// written; 0 for none.
func pending(blank bool, joiner rune, count int) rune {
	switch {
	case blank:
		return ' '
	case count > 0:
		return joiner
	default:
		return 0
	}
}

func shown(r rune) bool {
	switch r {
	case utf8.RuneError, '\u115f', '\u1160', '\u3164', '\uffa0': // the last four are fillers
		return false
	}
	return !Invisible(r) && !unicode.In(r, unicode.Co, unicode.Noncharacter_Code_Point)
}
