package wire

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// fetch is a response to FETCH while it is read.
type fetch struct {
	seq, uid, size string
	flags          bool
	open           bool // the library has read its beginning
	bytes          int
}

// fetch passes on the UID, the size and one text of a mail, in an order that the library
// can read, and drops everything else.
func (m *Mender) fetch(seq string) error {
	next, err := m.skip(" ")
	if err != nil {
		return err
	}
	if next != '(' || number(seq) == 0 {
		return m.discard()
	}
	_, _ = m.src.Discard(1)
	return m.items(&fetch{seq: seq})
}

// items reads the items of a response up to its end or its text.
func (m *Mender) items(f *fetch) error {
	for {
		b, lines, err := m.between()
		switch {
		case err != nil:
			return err
		case b == ')':
			m.close(f)
			return m.discard() // some servers send more after the end
		case lines && (b == '*' || b == 'T'):
			m.close(f) // the answer breaks off and the next one begins
			return nil
		}
		name, err := m.until(" \r\n()[<\"{", 64)
		if err != nil {
			return err
		}
		if f.bytes += len(name) + 1; name == "" || f.bytes > maxItems {
			return m.broken(f)
		}
		ended, err := m.item(f, strings.ToUpper(name))
		if err != nil || ended {
			return err
		}
	}
}

// between skips what separates items and reports whether lines ended there.
func (m *Mender) between() (next byte, lines bool, err error) {
	for {
		b, err := m.skip(" \t\r")
		if err != nil || b != '\n' {
			return b, lines, err
		}
		lines = true
		_, _ = m.src.Discard(1)
	}
}

// item reads one item and reports whether the response ends here for now.
func (m *Mender) item(f *fetch, name string) (ended bool, err error) {
	switch name {
	case "UID", "RFC822.SIZE":
		value, err := m.word()
		if err == nil && numeric(value) {
			m.number(f, name, value)
		}
		return false, err
	case "BODY":
		if next, err := m.src.Peek(1); err != nil || next[0] != '[' {
			return false, m.drop(f, false)
		}
		if err := m.section(f); err != nil {
			return false, err
		}
		return m.text(f)
	}
	f.flags = f.flags || name == "FLAGS"
	return false, m.drop(f, name == "FLAGS")
}

func (m *Mender) number(f *fetch, name, value string) {
	switch {
	case f.open:
		m.say(" %s %s", name, value)
	case name == "UID":
		f.uid = value
	default:
		f.size = value
	}
}

// section skips the name of a section and the offset of a part.
func (m *Mender) section(f *fetch) error {
	for {
		name, err := m.until("]\"\n", maxLine)
		if err != nil {
			return err
		}
		f.bytes += len(name)
		next, err := m.src.ReadByte()
		switch {
		case err != nil:
			return err
		case next == '"':
			err = m.src.UnreadByte()
			if err == nil {
				_, err = m.quoted()
			}
		case next == ']':
			_, err = m.until(" \r\n{~\"N)", 64)
			return err
		default:
			return m.src.UnreadByte()
		}
		if err != nil {
			return err
		}
	}
}

// text starts to pass on a text.
func (m *Mender) text(f *fetch) (ended bool, err error) {
	next, err := m.skip(" ~")
	if err != nil {
		return false, err
	}
	switch next {
	case '{':
		line, err := m.line()
		if err != nil {
			return false, err
		}
		length, before, ok := announced(line)
		if !ok || before != "" {
			return true, m.broken(f)
		}
		if f.open {
			_, err := io.CopyN(io.Discard, m.src, length)
			return false, err
		}
		m.open(f)
		m.say("{%d}\r\n", length)
		m.literal, m.then = length, func() error { return m.items(f) }
		return true, nil
	case '"':
		text, err := m.quoted()
		if err != nil || f.open {
			return false, err
		}
		m.open(f)
		m.say("{%d}\r\n%s", len(text), text)
		return false, nil
	case '\r', '\n', ')':
		return false, nil
	}
	if _, err := m.word(); err != nil || f.open { // NIL
		return false, err
	}
	m.open(f)
	m.say("NIL")
	return false, nil
}

// open passes on the beginning of a response, with what an earlier one has said about the
// mail.
func (m *Mender) open(f *fetch) {
	if m.part.seq == f.seq && (f.uid == "" || f.uid == m.part.uid) {
		f.uid = m.part.uid
		if f.size == "" {
			f.size = m.part.size
		}
	}
	m.part = fetch{}
	f.open = true
	m.say("* %s FETCH (", f.seq)
	m.numbers(f)
	m.say("BODY[] ")
}

func (m *Mender) numbers(f *fetch) {
	if f.uid != "" {
		m.say("UID %s ", f.uid)
	}
	if f.size != "" {
		m.say("RFC822.SIZE %s ", f.size)
	}
}

// close passes on the end of a response. One that is not the answer to the FETCH is
// dropped: the library would take it for the answer.
func (m *Mender) close(f *fetch) {
	expect := Answer(m.expect.Load())
	switch {
	case f.open:
		m.say(")\r\n")
	case f.uid == "", expect == Body:
		m.part = *f
	case expect == Size && f.size == "" && f.flags:
	default:
		m.say("* %s FETCH (", f.seq)
		m.numbers(f)
		m.out = append(m.out[:len(m.out)-1], ")\r\n"...)
	}
}

// broken drops a response that is not understood, unless the library has read its
// beginning.
func (m *Mender) broken(f *fetch) error {
	if f.open {
		return fmt.Errorf("%w: FETCH of mail %s", errGrammar, f.seq)
	}
	return m.discard()
}

// drop skips the value of an item. Keywords may contain quotes, so a list of flags ends
// with its first bracket.
func (m *Mender) drop(f *fetch, plain bool) error {
	depth := 0
	for {
		next, err := m.skip(" ")
		if err != nil {
			return err
		}
		if f.bytes++; f.bytes > maxItems {
			return fmt.Errorf("%w: FETCH of mail %s", ErrBounds, f.seq)
		}
		switch {
		case next == '\r', next == '\n', next == ')' && depth == 0:
			return nil
		case next == '(':
			depth++
			_, err = m.src.Discard(1)
		case next == ')':
			depth--
			_, err = m.src.Discard(1)
		case next == '"' && !plain:
			_, err = m.quoted()
		case next == '{' && !plain:
			err = m.skipLiteral()
		default:
			_, err = m.src.Discard(1)
			if err == nil {
				var word string
				word, err = m.until(" \r\n()\"{", maxLine)
				f.bytes += len(word)
			}
		}
		if err != nil || depth == 0 {
			return err
		}
	}
}

func (m *Mender) skipLiteral() error {
	line, err := m.line()
	if err != nil {
		return err
	}
	length, _, ok := announced(line)
	if !ok {
		return fmt.Errorf("%w: %s", errGrammar, strconv.Quote(line[:min(len(line), 40)]))
	}
	_, err = io.CopyN(io.Discard, m.src, length)
	return err
}

// quoted reads a string, which may contain line ends.
func (m *Mender) quoted() ([]byte, error) {
	_, _ = m.src.Discard(1)
	var out []byte
	for escaped := false; ; {
		b, err := m.src.ReadByte()
		switch {
		case err != nil:
			return nil, err
		case len(out) > maxString:
			return nil, fmt.Errorf("%w: a string of more than %d bytes", ErrBounds, maxString)
		case !escaped && b == '"':
			return out, nil
		case !escaped && b == '\\':
			escaped = true
			continue
		}
		out, escaped = append(out, b), false
	}
}
