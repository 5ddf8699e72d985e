package extract

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"parcelwatch/parcel/number"
)

// flow is how the lines of a plain text are joined (RFC 3676).
type flow struct {
	flowed bool // a line that ends with a space goes on in the next
	delSp  bool // that space is not part of the text
}

// flowOf returns the flow that the parameters of a Content-Type declare.
func flowOf(params map[string]string) flow {
	return flow{strings.EqualFold(params["format"], "flowed"), strings.EqualFold(params["delsp"], "yes")}
}

const (
	maxLine    = 16 << 10 // bytes of a joined line
	maxJoined  = 40       // lines in it
	wrapColumn = 60       // the shortest line that a program wraps inside an address
)

// unfolded is a line of text without its quote marks, joined with the lines
// that continue it. Off and end are its place in the source.
type unfolded struct {
	text     []byte
	off, end int
}

// lines returns the lines of a text. Flowed lines and the addresses of links that
// were wrapped are joined.
func (f flow) lines(src []byte) iter.Seq[unfolded] {
	return func(yield func(unfolded) bool) {
		var cur unfolded
		depth, joined, width := 0, 0, 0
		open := false
		for raw := range bytes.Lines(src) {
			end := cur.end + len(raw)
			quoteless := unquoted(raw)
			text := bytes.TrimRight(quoteless, "\r\n")
			marks := len(raw) - len(quoteless)
			if f.flowed && bytes.HasPrefix(text, []byte(" ")) {
				text = text[1:] // space-stuffing
			}
			if open && joined < maxJoined && len(cur.text)+len(text) < maxLine {
				if more, ok := f.join(cur.text, text, marks == depth, width); ok {
					cur.text, cur.end = more, end
					width = len(text)
					joined++
					continue
				}
			}
			if open && !yield(cur) {
				return
			}
			cur = unfolded{text: text, off: cur.end, end: end}
			depth, joined, width, open = marks, 0, len(text), true
		}
		if open {
			yield(cur)
		}
	}
}

// join returns a line with the next one appended, if that continues it. Width is
// the length of the last line that was appended.
func (f flow) join(line, next []byte, sameDepth bool, width int) ([]byte, bool) {
	link := linkAtEnd(line)
	switch {
	case f.flowed && sameDepth && bytes.HasSuffix(line, []byte(" ")) && string(line) != "-- ":
		if f.delSp {
			line = line[:len(line)-1]
		}
	case link >= 0 && continues(line[link:], bytes.TrimSpace(next), link > 0 && line[link-1] == '<', width):
		next = bytes.TrimSpace(next)
	default:
		return nil, false
	}
	return append(slices.Clip(line), next...), true
}

// linkAtEnd returns where the address begins that a line ends in, or -1.
func linkAtEnd(line []byte) int {
	at := bytes.LastIndex(line, []byte("://"))
	if at < 4 || bytes.ContainsAny(line[at:], " \t<>\"'()[]{}") {
		return -1
	}
	at = bytes.LastIndexAny(line[:at], " \t<>\"'()[]{}|") + 1
	if !bytes.HasPrefix(bytes.ToLower(line[at:]), []byte("http")) {
		return -1
	}
	return at
}

// continues reports whether a line continues the address of a link. In angle
// brackets it does up to the closing one; else the line must be one word of an
// address below a line that is as long as programs wrap them.
func continues(link, next []byte, bracketed bool, width int) bool {
	word, _, closed := bytes.Cut(next, []byte(">"))
	if len(next) == 0 || bytes.Contains(word, []byte("://")) || bytes.ContainsAny(word, " \t<>\"'(){}") {
		return false
	}
	if bracketed {
		return closed || ofAddress(word) || width >= wrapColumn
	}
	if width < wrapColumn || closed {
		return false
	}
	if bytes.Contains(link, []byte(base64HTTP)) && (len(word) >= 20 || bytes.ContainsAny(word, "0123456789")) {
		return true // an address in base64 goes on
	}
	return ofAddress(word) || completes(link, word)
}

// ofAddress reports whether a word can only be a part of an address. Proofpoint
// writes "-3D" for "=" and "_" for a slash.
func ofAddress(word []byte) bool {
	return bytes.ContainsAny(word, "=&%?/_") || bytes.Contains(word, []byte("-3")) || bytes.Contains(word, []byte("-2"))
}

// completes reports whether a word is the rest of a number at the end of an
// address, and neither is a number alone.
func completes(link, word []byte) bool {
	value := string(link[bytes.LastIndexByte(link, '=')+1:])
	rest := string(word)
	if !capitals(value) || !capitals(rest) || complete(value) || complete(rest) {
		return false
	}
	return complete(value+rest) || number.Number(value+rest).Strength() > max(number.Number(value).Strength(), number.Number(rest).Strength())
}
