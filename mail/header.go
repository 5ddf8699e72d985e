// Package mail parses mail headers: the sender, the services that passed the
// mail on, and the mail's identity. It must not know the content of mails or
// IMAP.
package mail

import (
	"bytes"
	"iter"
	"net/mail"
	"strings"
	"time"

	"parcelwatch/internal/textx"
)

const (
	maxHeader  = 1 << 20 // bytes of header that are read
	maxValue   = 8 << 10 // bytes of a field that are decoded
	maxSubject = 300     // runes of subject and Message-ID that are kept
)

// Message is a mail: its exact bytes and its header, which is parsed once.
type Message struct {
	Raw    []byte
	Header Header
}

// Read parses the header of a mail. Raw may end anywhere.
func Read(raw []byte) Message { return Message{Raw: raw, Header: ParseHeader(raw)} }

// Field is one header field, unfolded.
type Field struct{ Name, Value string }

// Is reports whether the field has the given name, ignoring case.
func (f Field) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// Header is the header of one mail.
type Header struct {
	From      []Address // of every From field, the topmost first
	Subject   string    // decoded, one line, at most maxSubject runes
	MessageID string    // without its brackets, possibly malformed
	Date      time.Time // zero if the mail has none
	Own       bool      // a digest of this program
	Fields    []Field   // the topmost first
}

// ParseHeader parses a header and tolerates errors in it. It skips an mbox line
// in front and lines without a colon, and accepts a header without an end.
func ParseHeader(raw []byte) Header {
	head, _ := Split(WithoutEnvelope(raw))
	h := Header{Fields: fields(head)}
	h.Subject = text(h.Get("Subject"))
	h.MessageID = strings.Trim(text(h.Get("Message-Id")), "<>")
	for _, value := range h.Values("From") {
		h.From = append(h.From, Addresses(value)...)
	}
	if date, err := mail.ParseDate(textx.Clean(h.Get("Date"))); err == nil {
		h.Date = date
	}
	h.Own = h.Get("X-Parcelwatch") != "" || own(h.Get("List-Id")) || own(h.MessageID)
	return h
}

// text decodes a field into one line of limited length.
func text(value string) string {
	return textx.Cut(textx.Clean(DecodeWords(value[:min(len(value), maxValue)])), maxSubject)
}

// own reports whether an id was written by this program. Several fields carry
// the id because an alias service may rewrite any of them.
func own(id string) bool { return strings.Contains(strings.ToLower(id), "parcelwatch") }

// Values returns the values of all fields with the given name, topmost first.
func (h Header) Values(name string) []string {
	var out []string
	for _, f := range h.Fields {
		if f.Is(name) {
			out = append(out, f.Value)
		}
	}
	return out
}

// Get returns the value of the topmost field with the given name, or "".
func (h Header) Get(name string) string {
	for _, f := range h.Fields {
		if f.Is(name) {
			return f.Value
		}
	}
	return ""
}

// only returns the value of a field that occurs exactly once. If it occurs
// twice, one may have been added in transit, so neither counts.
func (h Header) only(name string) string {
	if v := h.Values(name); len(v) == 1 {
		return v[0]
	}
	return ""
}

// Split cuts a mail after its first empty line, which is part of the head.
func Split(raw []byte) (head, body []byte) {
	for at := 0; at < len(raw); {
		end := bytes.IndexByte(raw[at:], '\n')
		if end < 0 {
			break
		}
		if len(bytes.TrimRight(raw[at:at+end], "\r")) == 0 {
			return raw[:at+end+1], raw[at+end+1:]
		}
		at += end + 1
	}
	return raw, nil
}

// WithoutEnvelope removes a byte order mark, blank lines and the "From " line
// that mbox files and some exports add in front of a mail.
func WithoutEnvelope(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	raw = bytes.TrimLeft(raw, "\r\n")
	for bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		i := bytes.IndexByte(raw, '\n')
		if i < 0 {
			return nil
		}
		raw = raw[i+1:]
	}
	return raw
}

// fields parses a head into fields. A name may have spaces before its colon,
// because DKIM allows them too. Lines that are not a field are skipped.
func fields(head []byte) []Field {
	head = head[:min(len(head), maxHeader)]
	var out []Field
	for lines := range Folded(head) {
		name, value, ok := strings.Cut(strings.TrimRight(string(lines), "\r\n"), ":")
		name = strings.TrimSpace(name)
		if ok && fieldName(name) {
			value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", ""), "\n", "")
			out = append(out, Field{Name: name, Value: strings.TrimSpace(value)})
		}
	}
	return out
}

func fieldName(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}

// Folded splits a head into its fields, each with its continuation lines. The
// empty line at the end is left out.
func Folded(head []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		start, at := 0, 0
		for line := range bytes.Lines(head) {
			if at > start && line[0] != ' ' && line[0] != '\t' {
				if !yield(head[start:at]) {
					return
				}
				start = at
			}
			if len(bytes.TrimRight(line, "\r\n")) == 0 {
				return
			}
			at += len(line)
		}
		if at > start {
			yield(head[start:at])
		}
	}
}
