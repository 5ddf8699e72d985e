package extract

import (
	"bytes"
	"strings"
)

// lean copies markup without attributes that the reader does not use. Nine
// tenths of a mail from the shop are styles, and the tokenizer scans each of
// them. The result reads the same. Dst is overwritten.
func (p *Parser) lean(dst, src []byte) []byte {
	dst = dst[:0]
	micro := microdata(src)
	for {
		i := bytes.IndexByte(src, '<')
		if i < 0 {
			break
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		end, short := p.element(src, micro)
		if end < 0 {
			break
		}
		if short > 0 {
			dst = append(append(dst, src[:short]...), '>')
		} else {
			dst = append(dst, src[:end]...)
		}
		src = src[end:]
	}
	return append(dst, src...)
}

// element returns the end of the element that begins with "<", or -1 if the
// rest must be kept unchanged. Short is the length of the part to keep, or 0 to
// keep all.
func (p *Parser) element(src []byte, micro bool) (end, short int) {
	if bytes.HasPrefix(src, []byte("<!--")) {
		// The search includes the opening, because "<!-->" is a complete
		// comment.
		if i := bytes.Index(src, []byte("-->")); i >= 0 {
			return i + 3, 0
		}
		return -1, 0
	}
	if end := otherEnd(src); end != 0 {
		return end, 0
	}
	n := nameEnd(src)
	if rawText(src[1:n]) {
		return -1, 0 // script and similar elements follow other rules
	}
	if end := styleEnd(src, n); end > 0 {
		return end, 0
	}
	if end = tagEnd(src, n); end > 0 && p.needless(src[1:n], src[:end]) && (!micro || !bytes.Contains(src[:end], []byte("item"))) {
		return end, n
	}
	return end, 0
}

// needless reports whether the attributes of a tag can be dropped.
func (p *Parser) needless(name, tag []byte) bool {
	if len(name) == 1 && name[0] == 'a' {
		return !worthReading(tag)
	}
	return plainTag(name) && p.markup(tag) == region{}
}

// otherEnd returns the end of anything that begins with "<" and is not a start
// tag: an end tag, a declaration or a lone "<". It returns 0 for start tags and
// -1 if the end is missing.
func otherEnd(s []byte) int {
	if len(s) < 2 {
		return len(s)
	}
	switch c := s[1]; {
	case letter(c):
		if nameEnd(s) == 1 {
			return tagEnd(s, 1)
		}
		return 0
	case c == '/' && len(s) > 2 && letter(s[2]):
		return tagEnd(s, 2)
	case c == '/' || c == '!' || c == '?':
		if i := bytes.IndexByte(s, '>'); i >= 0 {
			return i + 1
		}
		return -1
	default:
		return 1
	}
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// styleEnd returns the end of the end tag of a style or title, whose text is
// not markup. It returns 0 for other elements and in doubtful cases.
func styleEnd(s []byte, n int) int {
	name := string(s[1:n])
	if name != "style" && name != "title" {
		return 0
	}
	end := bytes.Index(s, []byte("</"+name+">"))
	if end < 0 || bytes.Contains(s[:end], []byte("<!--")) {
		return len(s)
	}
	return end + n + 2
}

// nameEnd returns the end of a tag's name, or 1 if there is no name.
func nameEnd(s []byte) int {
	i := 1
	for i < len(s) && (letter(s[i]) || i > 1 && isDigit(s[i])) {
		i++
	}
	if i < len(s) && !nameStop(s[i]) {
		return 1
	}
	return i
}

// tagEnd returns the end of a tag whose name ends at i, including the ">".
// Quotes follow the HTML standard. It returns -1 if the end is missing.
func tagEnd(s []byte, i int) int {
	for {
		if i = skipSpace(s, i); i >= len(s) {
			return -1
		}
		if s[i] == '>' {
			return i + 1
		}
		for start := i; i < len(s) && (s[i] != '=' || i == start) && !nameStop(s[i]); {
			i++
		}
		i = skipSpace(s, i)
		if i < len(s) && s[i] == '/' {
			i++
		} else if i < len(s) && s[i] == '=' {
			i = valueEnd(s, skipSpace(s, i+1))
		}
	}
}

// valueEnd returns the end of an attribute's value.
func valueEnd(s []byte, i int) int {
	if i >= len(s) {
		return i
	}
	if q := s[i]; q == '"' || q == '\'' {
		j := bytes.IndexByte(s[i+1:], q)
		if j < 0 {
			return len(s)
		}
		return i + j + 2
	}
	for i < len(s) && s[i] != '>' && !space(s[i]) {
		i++
	}
	return i
}

func skipSpace(s []byte, i int) int {
	for i < len(s) && space(s[i]) {
		i++
	}
	return i
}

func nameStop(c byte) bool { return space(c) || c == '/' || c == '>' }

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' }

// plainTag reports whether an element is kept without its attributes.
func plainTag(name []byte) bool {
	switch string(name) {
	case "td", "tr", "table", "tbody", "div", "p", "span", "img", "br", "b", "strong", "font", "center", "h1", "h2", "h3",
		"li", "ul", "th":
		return true
	default:
		return false
	}
}

// rawText reports whether the text of an element is not markup.
func rawText(name []byte) bool {
	if len(name) < 3 || len(name) > 9 || bytes.IndexByte([]byte("stxinpSTXINP"), name[0]) < 0 {
		return false
	}
	switch strings.ToLower(string(name)) {
	case "style", "title":
		return strings.ToLower(string(name)) != string(name) // styleEnd only knows lower-case names
	case "script", "textarea", "xmp", "iframe", "noframes", "noscript", "plaintext":
		return true
	default:
		return false
	}
}
