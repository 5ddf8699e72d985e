package extract

import (
	"unicode"
	"unicode/utf8"

	"parcelwatch/internal/textx"

	"golang.org/x/text/unicode/norm"
)

// token is one folded word of a text, with its position in the text. In scripts
// written without spaces every letter is a word.
type token struct {
	start, end int // in folded.buf
	src0, src1 int // in the text
	digits     int
	cjk        bool
	stop       uint32 // bit set of the languages in which it is a stop word: an article, possessive or auxiliary
}

// folded is a text in the form used to compare phrases: split into words, in
// lower case, without accents, punctuation and invisible characters.
type folded struct {
	buf  []byte
	toks []token
}

func (f *folded) word(i int) []byte { return f.buf[f.toks[i].start:f.toks[i].end] }

// add folds s, which starts at off in the text.
func (f *folded) add(s string, off int) {
	var t token
	open := false
	flush := func(end int) {
		if open {
			t.end, t.src1 = len(f.buf), off+end
			f.toks = append(f.toks, t)
			open = false
		}
	}
	begin := func(at int) {
		if !open {
			t = token{start: len(f.buf), src0: off + at}
			open = true
		}
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if k := foldASCII(c); k == 0 {
				flush(i)
			} else {
				begin(i)
				f.buf = append(f.buf, k)
				if k <= '9' {
					t.digits++
				}
			}
			i++
			continue
		}
		r, w := utf8.DecodeRuneInString(s[i:])
		switch {
		case textx.Invisible(r) || r == utf8.RuneError:
		case syllabic(r):
			flush(i)
			begin(i)
			t.cjk = true
			f.buf = utf8.AppendRune(f.buf, r)
			flush(i + w)
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			begin(i)
			f.buf = appendBase(f.buf, s[i:i+w], r)
		case unicode.Is(unicode.Mn, r):
		default:
			flush(i)
		}
		i += w
	}
	flush(len(s))
}

// foldASCII returns letters in lower case, digits as they are, and 0 for all else.
func foldASCII(c byte) byte {
	switch {
	case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return c
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	default:
		return 0
	}
}

// syllabic reports whether a letter belongs to a script that is written without
// spaces or with optional ones. Each such letter is compared as its own word.
func syllabic(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r >= 0x3040 && r <= 0x30ff, r >= 0x3400 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7af:
		return r != 0x30fb
	case r >= 0xf900 && r <= 0xfaff, r >= 0xff66 && r <= 0xff9f, r >= 0x20000 && r <= 0x3ffff:
		return true
	default:
		return false
	}
}

// appendBase appends the letter in lower case without its accents. Both Turkish
// i are folded to one, and the sharp s to two letters.
func appendBase(buf []byte, s string, r rune) []byte {
	switch r {
	case 'İ', 'ı':
		return append(buf, 'i')
	case 'ß', 'ẞ':
		return append(buf, 's', 's')
	case 'ł', 'Ł':
		return append(buf, 'l')
	case 'ø', 'Ø':
		return append(buf, 'o')
	case 'đ', 'Đ':
		return append(buf, 'd')
	}
	if d := norm.NFKD.PropertiesString(s).Decomposition(); len(d) > 0 {
		for len(d) > 0 {
			r, w := utf8.DecodeRune(d)
			d = d[w:]
			if !unicode.Is(unicode.Mn, r) {
				buf = utf8.AppendRune(buf, unicode.ToLower(r))
			}
		}
		return buf
	}
	return utf8.AppendRune(buf, unicode.ToLower(r))
}
