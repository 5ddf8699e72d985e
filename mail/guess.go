package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// maxGuessed is the number of bytes by which a charset is guessed.
const maxGuessed = 4 << 10

// guess is a charset that mail without a usable name of one may have, with the
// most frequent letters of its language.
type guess struct {
	encoding encoding.Encoding
	frequent string
}

func guesses() []guess {
	return []guess{
		{charmap.Windows1252, "éèàäöüßñçóíáêãõå"},
		{charmap.Windows1251, "оеаинтсрвлкмдпу"},
		{charmap.KOI8R, "оеаинтсрвлкмдпу"},
		{charmap.ISO8859_5, "оеаинтсрвлкмдпу"},
		{charmap.CodePage866, "оеаинтсрвлкмдпу"},
		{charmap.Windows1250, "ęąłśżźćńóěščřžýáíéúůőű"},
		{charmap.ISO8859_2, "ęąłśżźćńóěščřžýáíéúůőű"},
		{charmap.Windows1254, "ışğüöç"},
		{charmap.Windows1253, "αοιετσνηυρπκμλς"},
		{charmap.Windows1255, "יוהלאמרתבשנחםד"},
		{charmap.Windows1256, "اليمنرتبوهدسع"},
		{simplifiedchinese.GB18030, "的您订单包裹已送达运输中国物流号码"},
		{traditionalchinese.Big5, "的您訂單包裹已送達運輸中國物流號碼"},
		{japanese.ShiftJIS, "のにをはがでとましたお荷物注文配達"},
		{japanese.EUCJP, "のにをはがでとましたお荷物注文配達"},
		{korean.EUCKR, "이의가에을는다주문배송운번호"},
	}
}

// Guess converts a text in an unknown charset to UTF-8. It takes the charset in
// which the letters of each word fit together best.
func Guess(text []byte) string {
	if utf8Text(text) {
		return strings.ToValidUTF8(string(text), "\uFFFD")
	}
	sample := text[:min(len(text), maxGuessed)]
	best, most := encoding.Encoding(charmap.Windows1252), 0
	for i, g := range guesses() {
		if n := likelihood(decode(g.encoding, sample), g.frequent, len(sample)); i == 0 || n > most {
			best, most = g.encoding, n
		}
	}
	return decode(best, text)
}

// utf8Text reports whether a text is UTF-8, maybe with a few damaged letters.
func utf8Text(text []byte) bool {
	good, bad := 0, 0
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case n > 1:
			good++
		case r == utf8.RuneError:
			bad++
		}
		text = text[n:]
	}
	return good >= 4*bad
}

func decode(e encoding.Encoding, text []byte) string {
	out, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return strings.ToValidUTF8(string(text), "\uFFFD")
	}
	return string(out)
}

// likelihood rates a decoded text: letters that are frequent or fit to the letter
// before count for it; signs, controls and capitals inside a word against it. A
// letter of two bytes counts twice.
func likelihood(s, frequent string, size int) int {
	n, before := 0, ' '
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.In(r, unicode.Co):
			n -= 20
		case strings.ContainsRune(frequent, unicode.ToLower(r)):
			n += 3 * width(r)
			n += fit(before, r)
		case unicode.IsLetter(r):
			n += width(r) + fit(before, r)
		case unicode.IsLetter(before) || !unicode.In(r, unicode.P, unicode.Sc):
			n -= 4
		}
		before = r
	}
	return n * 100 / max(size, 1)
}

// width returns how many bytes a letter has in the charsets of its script.
func width(r rune) int {
	if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
		return 2
	}
	return 1
}

// fit rates two letters that follow each other.
func fit(before, r rune) int {
	switch {
	case !unicode.IsLetter(before):
		return 0
	case unicode.IsUpper(r) && unicode.IsLower(before):
		return -6
	case latin(before) != latin(r):
		return -4
	default:
		return 1
	}
}

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) }
