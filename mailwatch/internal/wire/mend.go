package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
)

// errGrammar means that a response cannot be mended because the library has read its
// beginning.
var errGrammar = errors.New("a response that breaks the grammar")

// Answer is what the responses to a FETCH must contain to count as its answers.
type Answer int32

// What a FETCH asks for.
const (
	UID  Answer = iota // at least the UID
	Size               // the size, unless the server never sends it
	Body               // a section of the text
)

const (
	maxLine   = 64 << 10 // bytes of a line that are kept; the rest of a longer one is dropped
	maxString = 1 << 20  // bytes of a quoted text
	maxItems  = 1 << 20  // bytes of a response to FETCH outside its texts
)

// Mender rewrites responses that the library cannot parse: it drops what nobody asked for
// and repairs what servers are known to send against the grammar. What the library can
// parse keeps its meaning. Texts of mails pass unchanged. Patches for the library are in
// docs/upstream.
type Mender struct {
	// Alert is called with each text that the server wants people to read.
	Alert func(text string)

	expect  atomic.Int32
	window  window
	src     *bufio.Reader
	out     []byte       // mended, not yet passed on
	literal int64        // bytes of a literal to pass on after out
	then    func() error // reads the rest of a response after its literal
	err     error
	greeted bool
	part    fetch // the last answer to FETCH without a text, which may follow in another one
}

// NewMender returns a mender of what a server sends on r.
func NewMender(r io.Reader, w *Windows) *Mender { return &Mender{window: window{lender: w, from: r}} }

// Expect sets what the next FETCH asks for.
func (m *Mender) Expect(a Answer) { m.expect.Store(int32(a)) }

// Read passes on mended responses.
func (m *Mender) Read(p []byte) (int, error) {
	for {
		switch {
		case len(m.out) > 0:
			n := copy(p, m.out)
			m.out = m.out[n:]
			return n, nil
		case m.literal > 0:
			n, err := m.src.Read(p[:min(int64(len(p)), m.literal)])
			m.literal -= int64(n)
			return n, err
		case m.err != nil:
			return 0, m.err
		case m.then != nil:
			then := m.then
			m.then = nil
			m.err = then()
		default:
			m.out, m.src = nil, nil // no buffer is kept while waiting
			if m.src, m.err = m.window.wait(); m.err == nil {
				m.err = m.response()
			}
		}
	}
}

func (m *Mender) say(format string, args ...any) { m.out = fmt.Appendf(m.out, format, args...) }

// response reads a response up to its end or its first literal.
func (m *Mender) response() error {
	if _, err := m.skip(" \t\r\n"); err != nil {
		return err
	}
	first, err := m.word()
	switch {
	case err != nil:
		return err
	case first == "":
		return m.discard()
	case first[0] == '+':
		text, err := m.line()
		m.say("+ %s\r\n", strings.TrimLeft(first[1:]+text, " "))
		return err
	case first != "*" && !m.greeted: // not an IMAP server
		text, err := m.line()
		m.say("%s%s\r\n", first, text)
		return err
	case first != "*":
		return m.tagged(first)
	}
	m.greeted = true
	kind, err := m.word()
	number := ""
	if err == nil && numeric(kind) {
		number = kind
		kind, err = m.word()
	}
	if err != nil {
		return err
	}
	return m.untagged(number, strings.ToUpper(kind))
}

// tagged drops what has the form of an answer to somebody else's command.
func (m *Mender) tagged(tag string) error {
	if tag[0] != 'T' || !numeric(tag[1:]) {
		return m.discard()
	}
	kind, err := m.word()
	if err != nil {
		return err
	}
	return m.status(tag, strings.ToUpper(kind))
}

func (m *Mender) untagged(number, kind string) error {
	switch kind {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return m.status("*", kind)
	case "EXISTS", "RECENT", "EXPUNGE":
		if kind == "EXPUNGE" {
			m.part = fetch{} // the numbers of other mails change
		}
		if n, err := strconv.ParseUint(number, 10, 32); err == nil {
			m.say("* %d %s\r\n", n, kind)
		}
		return m.discard()
	case "FETCH":
		return m.fetch(number)
	case "SEARCH", "ESEARCH":
		return m.search(kind)
	case "CAPABILITY", "ENABLED":
		line, err := m.line()
		m.say("* %s%s\r\n", kind, atoms(line))
		return err
	case "FLAGS":
		line, err := m.line()
		m.say("* FLAGS (%s)\r\n", flags(line))
		return err
	case "LIST":
		return m.list()
	case "ID":
		m.say("* ID NIL\r\n")
	}
	return m.discard()
}

// search passes on the numbers found, of which there may be many.
func (m *Mender) search(kind string) error {
	m.say("* %s", kind)
	next, err := m.skip(" ")
	if err != nil {
		return err
	}
	if kind == "ESEARCH" && next != '(' {
		m.say(` (TAG "")`) // without one the library does not read it
	}
	m.then = func() error { return m.found(true) }
	return nil
}

// found passes on the rest of a line without superfluous blanks.
func (m *Mender) found(blank bool) error {
	p, err := m.src.ReadSlice('\n')
	for _, b := range p {
		switch b {
		case ' ', '\t':
			blank = true
			continue
		case '\r', '\n':
			continue
		}
		if blank && b != ')' {
			m.out = append(m.out, ' ')
		}
		m.out, blank = append(m.out, b), false
	}
	switch {
	case err == nil:
		m.say("\r\n")
	case errors.Is(err, bufio.ErrBufferFull):
		m.then = func() error { return m.found(blank) }
		return nil
	}
	return err
}

// list repairs the attributes and the name of a folder.
func (m *Mender) list() error {
	line, err := m.line()
	if err != nil {
		return err
	}
	attributes, rest, ok := strings.Cut(strings.TrimLeft(line, " "), ")")
	delimiter, name, named := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if quoted := strings.HasPrefix(delimiter, `"`); quoted && len(delimiter) == 1 { // a blank
		delimiter, name, named = `" "`, strings.TrimPrefix(name, `" `), strings.HasPrefix(name, `" `)
	}
	name = strings.TrimSpace(name)
	if !ok || !named || name == "" {
		return nil
	}
	m.say("* LIST (%s) %s ", flags(attributes), delimiter)
	if length, before, ok := announced(name); ok && before == "" {
		m.say("{%d}\r\n", length)
		m.literal = length
		m.then = func() error { m.say("\r\n"); return m.discard() }
		return nil
	}
	m.say("%s\r\n", folder(name))
	return nil
}

// folder quotes a name that the library cannot read as it is. Extended data may follow
// the name.
func folder(name string) string {
	if name[0] == '"' {
		return name
	}
	end := 0
	for end < len(name) && (isAtom(name[end]) || name[end] == ']') {
		end++
	}
	if end == len(name) || end > 0 && strings.HasPrefix(name[end:], " (") {
		return name
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// skip skips bytes and returns the next one without reading it.
func (m *Mender) skip(set string) (byte, error) {
	for {
		b, err := m.src.ReadByte()
		if err != nil {
			return 0, err
		}
		if strings.IndexByte(set, b) < 0 {
			return b, m.src.UnreadByte()
		}
	}
}

// word reads the next word of a line.
func (m *Mender) word() (string, error) {
	if _, err := m.skip(" "); err != nil {
		return "", err
	}
	return m.until(" \r\n()[]<\"{", 128)
}

// until reads up to one of some bytes.
func (m *Mender) until(set string, most int) (string, error) {
	var out []byte
	for {
		b, err := m.src.ReadByte()
		if err != nil {
			return "", err
		}
		if strings.IndexByte(set, b) >= 0 || len(out) == most {
			return string(out), m.src.UnreadByte()
		}
		out = append(out, b)
	}
}

// line reads the rest of a line without its end.
func (m *Mender) line() (string, error) {
	var out []byte
	for {
		p, err := m.src.ReadSlice('\n')
		out = append(out, p[:min(len(p), maxLine-len(out))]...)
		if err == nil {
			text := bytes.TrimRight(out, "\r\n")
			return string(bytes.ReplaceAll(text, []byte("\r"), []byte(" "))), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
}

// discard drops the rest of a response with its literals.
func (m *Mender) discard() error {
	for {
		line, err := m.line()
		if err != nil {
			return err
		}
		length, _, ok := announced(line)
		if !ok {
			return nil
		}
		if _, err := io.CopyN(io.Discard, m.src, length); err != nil {
			return err
		}
	}
}

// announced returns the length of the literal that a line ends with, and the line before
// it.
func announced(line string) (length int64, before string, ok bool) {
	line, ok = strings.CutSuffix(strings.TrimRight(line, " "), "}")
	at := strings.LastIndexByte(line, '{')
	if !ok || at < 0 {
		return 0, "", false
	}
	length, err := strconv.ParseInt(strings.TrimSuffix(line[at+1:], "+"), 10, 64)
	return length, strings.TrimSuffix(line[:at], "~"), err == nil && length >= 0 && length < maxLength
}

func numeric(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

// number returns a number of at most 32 bits, 0 for none.
func number(s string) uint64 {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 64)
	if err != nil || n > math.MaxUint32 {
		return 0
	}
	return n
}
