package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// DecodeWords decodes RFC 2047 words. Adjacent words with the same charset are
// joined before they are converted, because shops split them in the middle of a
// character.
func DecodeWords(s string) string {
	if !utf8.ValidString(s) {
		s = Guess([]byte(s))
	}
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var pending []byte
	cs := ""
	flush := func() {
		if len(pending) > 0 {
			out.WriteString(toUTF8(cs, pending))
		}
		pending, cs = nil, ""
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		word, rest, ok := cutWord(s[i:])
		between := s[:i]
		if !ok {
			between = s[:i+2]
			rest = s[i+2:]
		}
		if !ok || len(pending) == 0 || strings.TrimSpace(between) != "" {
			flush()
			out.WriteString(between)
		}
		if ok {
			if cs != "" && !strings.EqualFold(cs, word.charset) {
				flush()
			}
			cs = word.charset
			pending = append(pending, word.text...)
		}
		s = rest
	}
	flush()
	out.WriteString(s)
	return strings.ToValidUTF8(out.String(), "\uFFFD")
}

type encodedWord struct {
	charset string
	text    []byte
}

// cutWord removes one encoded word from the front of s.
func cutWord(s string) (encodedWord, string, bool) {
	cs, rest, ok := strings.Cut(s[2:], "?")
	if !ok || cs == "" || len(cs) > 40 || strings.ContainsAny(cs, " \t\r\n") {
		return encodedWord{}, "", false
	}
	enc, rest, ok := strings.Cut(rest, "?")
	if !ok || len(enc) != 1 {
		return encodedWord{}, "", false
	}
	text, rest, ok := strings.Cut(rest, "?=")
	if !ok {
		return encodedWord{}, "", false
	}
	cs, _, _ = strings.Cut(cs, "*") // RFC 2231 language suffix
	switch enc[0] {
	case 'b', 'B':
		return encodedWord{cs, LooseBase64(text)}, rest, true
	case 'q', 'Q':
		decoded, _ := QuotedPrintable([]byte(strings.ReplaceAll(text, "_", " ")))
		return encodedWord{cs, decoded}, rest, true
	default:
		return encodedWord{}, "", false
	}
}

// LooseBase64 decodes base64 and skips all other characters.
func LooseBase64(s string) []byte {
	clean := strings.Map(func(r rune) rune {
		if r == '+' || r == '/' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, []byte(clean)) // n is the length up to the first error
	return out[:n]
}

// QuotedPrintable decodes quoted-printable and keeps everything else. It reports
// whether every equals sign begins an escape or a soft line break.
func QuotedPrintable(s []byte) (text []byte, clean bool) {
	text, clean = make([]byte, 0, len(s)), true
	for {
		at := bytes.IndexByte(s, '=')
		if at < 0 {
			return append(text, s...), clean
		}
		text, s = append(text, s[:at]...), s[at+1:]
		switch {
		case len(s) >= 2 && isHex(s[0]) && isHex(s[1]):
			text, s = append(text, hexDigit(s[0])<<4|hexDigit(s[1])), s[2:]
		case bytes.HasPrefix(s, []byte("\r\n")):
			s = s[2:]
		case bytes.HasPrefix(s, []byte("\n")):
			s = s[1:]
		default:
			text, clean = append(text, '='), false
		}
	}
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// hexDigit returns the value of a digit for which isHex is true.
func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// toUTF8 converts text from a declared charset. An unknown charset is guessed.
func toUTF8(cs string, text []byte) string {
	if strings.EqualFold(cs, "utf-8") || strings.EqualFold(cs, "us-ascii") {
		return string(text)
	}
	r, err := charset.Reader(strings.ToLower(cs), strings.NewReader(string(text)))
	if err != nil {
		return Guess(text)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return Guess(text)
	}
	return string(out)
}
