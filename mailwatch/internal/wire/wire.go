// Package wire stands between an IMAP server and the IMAP library: Mender rewrites
// responses that the library cannot parse, and Reader follows lines, quoted strings and
// literals and bounds the size and depth of what the library parses. It does not know
// mail, folders or accounts.
package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrBounds means that a response is nested deeper, or longer, than any server needs.
var ErrBounds = errors.New("an answer beyond all bounds")

const (
	maxDepth  = 100      // of parentheses
	maxPlain  = 64 << 10 // bytes of a response outside its strings and literals
	maxNumber = 8 << 20  // of a list of numbers, which the library reads one by one
	maxSet    = 2 << 20  // of a set of numbers, which the library splits as a whole
	// maxShifts bounds the work of the library with numbers that are out of order: it
	// inserts each of them into a sorted list.
	maxShifts = 4 << 30
)

// place is where in a response the next byte is.
type place int

const (
	atHead   place = iota // the first of a response
	inText                // human-readable text up to the end of the line
	inCode                // a response code, up to its bracket, over line ends as the library reads it
	inData                // data that the library parses
	inQuoted              // a string in data
)

// Reader passes on what a server sends, byte for byte, until a response goes beyond the
// bounds; then it fails with [ErrBounds].
type Reader struct {
	// Large is called once for a response of more than 64 KB of numbers, before it is
	// passed on. It may block; its error ends reading.
	Large func() error

	window  window
	src     *bufio.Reader
	line    []byte // scanned, not yet passed on
	literal int64  // bytes of a literal still to pass on
	err     error

	at      place
	escaped bool // the next byte of the string is quoted by a backslash
	mark    mark
	depth   int
	size    int // of the response so far, outside strings
	limit   int
	large   bool
	numbers numbers
}

// New returns a reader of what a server sends on r.
func New(r io.Reader, w *Windows) *Reader { return &Reader{window: window{lender: w, from: r}} }

// Read passes on a line, a part of a long line or a part of a literal.
func (r *Reader) Read(p []byte) (int, error) {
	if len(r.line) == 0 && r.literal > 0 {
		n, err := r.src.Read(p[:min(int64(len(p)), r.literal)])
		r.literal -= int64(n)
		return n, err
	}
	if len(r.line) == 0 {
		r.next()
	}
	if len(r.line) == 0 {
		return 0, r.err
	}
	n := copy(p, r.line)
	r.line = r.line[n:]
	return n, nil
}

// next reads and scans the next line, or the part of it that the window holds.
func (r *Reader) next() {
	if r.err != nil {
		return
	}
	r.line, r.src = nil, nil // no buffer is kept while waiting
	if r.src, r.err = r.window.wait(); r.err != nil {
		return
	}
	line, err := r.src.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		r.err = err
	}
	if err := r.scan(line); err != nil {
		r.err = err
		return
	}
	r.line = line
}

func (r *Reader) scan(p []byte) (err error) {
	for len(p) > 0 && err == nil {
		switch r.at {
		case atHead:
			p = r.head(p)
		case inText:
			p, err = r.text(p)
		case inCode:
			p, err = r.code(p)
		case inQuoted:
			p = r.quoted(p)
		case inData:
			p, err = r.data(p)
		}
	}
	return err
}

// head reads the start of a response: its tag and, without a number in front, its type.
func (r *Reader) head(p []byte) []byte {
	r.at, r.depth, r.size, r.limit, r.large, r.mark, r.numbers = inData, 0, 0, maxPlain, false, mark{}, numbers{}
	at, tagged := atom(p), true
	if p[0] == '*' {
		at, tagged = 1, false
	}
	kind, at := word(p, at)
	if kind != "" && kind[0] >= '0' && kind[0] <= '9' {
		kind, at = word(p, at)
	}
	switch kind = strings.ToUpper(kind); {
	case p[0] == '+':
		r.at = inText
	case tagged, kind == "OK", kind == "NO", kind == "BAD", kind == "BYE", kind == "PREAUTH":
		r.at = inText
		if bytes.HasPrefix(p[at:], []byte(" [")) {
			r.at, at = inCode, at+2
		}
	case kind == "SEARCH", kind == "SORT":
		r.limit = maxNumber
	case kind == "ESEARCH":
		r.limit = maxSet
	}
	return p[at:]
}

// word returns the atom after a blank, and where it ends.
func word(p []byte, at int) (string, int) {
	if at >= len(p) || p[at] != ' ' {
		return "", at
	}
	end := at + 1 + atom(p[at+1:])
	return string(p[at+1 : end]), end
}

// atom returns the length of the atom at the start of p, by the library's rules.
func atom(p []byte) int {
	for i, b := range p {
		switch {
		case b <= ' ', b >= 0x7f && b <= 0x9f, strings.IndexByte(`(){%*"\]`, b) >= 0:
			return i
		}
	}
	return len(p)
}

// text skips to the end of the line.
func (r *Reader) text(p []byte) ([]byte, error) {
	end := bytes.IndexByte(p, '\n') + 1
	if end > 0 {
		r.at = atHead
		return p[end:], nil
	}
	return nil, r.add(len(p))
}

// code skips to the bracket that ends a response code.
func (r *Reader) code(p []byte) ([]byte, error) {
	end := bytes.IndexByte(p, ']') + 1
	if end > 0 {
		r.at = inText
		return p[end:], nil
	}
	return nil, r.add(len(p))
}

// quoted skips to the end of a string, which the library reads over line ends.
func (r *Reader) quoted(p []byte) []byte {
	for i, b := range p {
		switch {
		case r.escaped:
			r.escaped = false
		case b == '\\':
			r.escaped = true
		case b == '"':
			r.at = inData
			return p[i+1:]
		}
	}
	return nil
}

// data follows parentheses, numbers and the starts of strings and literals.
func (r *Reader) data(p []byte) ([]byte, error) {
	for i, b := range p {
		if r.mark.next(b) {
			r.literal = r.mark.length
			r.mark = mark{}
			return p[i+1:], r.add(i + 1)
		}
		switch b {
		case '\n':
			r.at = atHead
			return p[i+1:], r.add(i + 1)
		case '"':
			r.at = inQuoted
			return p[i+1:], r.add(i + 1)
		case '(':
			if r.depth++; r.depth > maxDepth {
				return nil, fmt.Errorf("%w: lists in lists, more than %d deep", ErrBounds, maxDepth)
			}
		case ')':
			r.depth = max(r.depth-1, 0)
		default:
			if r.limit > maxPlain && !r.numbers.next(b) {
				return nil, fmt.Errorf("%w: numbers out of order", ErrBounds)
			}
		}
	}
	return nil, r.add(len(p))
}

// add counts bytes of a response.
func (r *Reader) add(n int) error {
	if r.size += n; r.size > r.limit {
		return fmt.Errorf("%w: a response of more than %d bytes", ErrBounds, r.limit)
	}
	if r.size > maxPlain && !r.large && r.Large != nil {
		r.large = true
		return r.Large()
	}
	return nil
}
