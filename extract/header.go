package extract

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"parcelwatch/internal/textx"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
)

// ErrNoMail is returned for bytes that are no mail at all.
var ErrNoMail = errors.New("no mail: not one header field found")

const (
	maxHeader  = 64 << 10 // bytes of header that are read
	maxFields  = 1200     // lines of header that are read
	maxSubject = 300      // runes of subject that are kept
)

// Header is what the header of a mail alone tells, enough to decide whether the
// body is worth fetching.
type Header struct {
	From      []string // bare addresses of every From field, lower case
	Subject   string   // decoded, one line, bounded
	MessageID string   // as it stands, possibly malformed
	Date      time.Time
	// Own is set for a digest of this program: it is never read as input.
	Own bool
}

// Headers reads the header of a mail and nothing of its body. Raw may end
// anywhere.
func Headers(raw []byte) (Header, error) {
	h, err := readHeader(raw)
	if err != nil {
		return Header{}, err
	}
	return summary(h), nil
}

func summary(h textproto.Header) Header {
	out := Header{
		Subject:   textx.Cut(textx.Clean(decodeWords(h.Get("Subject"))), maxSubject),
		MessageID: textx.Cut(strings.Trim(textx.Clean(h.Get("Message-Id")), "<>"), maxSubject),
	}
	for f := h.FieldsByKey("From"); f.Next(); {
		out.From = append(out.From, addresses(f.Value())...)
	}
	dated := mail.Header{Header: wrap(h)}
	if t, err := dated.Date(); err == nil {
		out.Date = t
	}
	out.Own = own(h, out)
	return out
}

// readHeader reads the header however broken it is: an mbox line in front,
// lines without a colon and a missing end are stepped over.
func readHeader(raw []byte) (textproto.Header, error) {
	block := headerBlock(raw)
	h, err := textproto.ReadHeader(bufio.NewReaderSize(bytes.NewReader(block), 512))
	if err != nil {
		h, err = textproto.ReadHeader(bufio.NewReader(bytes.NewReader(mended(block))))
	}
	if err != nil {
		return textproto.Header{}, fmt.Errorf("read header: %w", errors.Join(ErrNoMail, err))
	}
	if h.Len() == 0 {
		return textproto.Header{}, ErrNoMail
	}
	return h, nil
}

// headerBlock is the header with its closing blank line, without an mbox line.
func headerBlock(raw []byte) []byte {
	raw = withoutEnvelope(raw)
	if len(raw) > maxHeader {
		raw = raw[:maxHeader]
	}
	raw = raw[:headerEnd(raw)]
	for i, n := 0, 0; i < len(raw); n++ {
		j := bytes.IndexByte(raw[i:], '\n')
		if j < 0 {
			break
		}
		if i += j + 1; n == maxFields {
			return raw[:i]
		}
	}
	return raw
}

// withoutEnvelope drops a byte order mark, blank lines and the "From " line that
// mbox files and some exports put in front of a mail.
func withoutEnvelope(raw []byte) []byte {
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

// headerEnd is the offset behind the first blank line, or the length.
func headerEnd(raw []byte) int {
	for i := 0; i < len(raw); {
		j := bytes.IndexByte(raw[i:], '\n')
		if j < 0 {
			return len(raw)
		}
		if line := raw[i : i+j]; len(line) == 0 || len(line) == 1 && line[0] == '\r' {
			return i + j + 1
		}
		i += j + 1
	}
	return len(raw)
}

// mended keeps what looks like header fields and their continuation lines.
func mended(block []byte) []byte {
	out := make([]byte, 0, len(block)+4)
	kept := false
	for line := range bytes.Lines(block) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0:
			continue
		case line[0] == ' ' || line[0] == '\t':
			if !kept {
				continue
			}
		default:
			if kept = fieldLine(line); !kept {
				continue
			}
		}
		out = append(append(out, line...), '\r', '\n')
	}
	return append(out, '\r', '\n')
}

func fieldLine(line []byte) bool {
	i := bytes.IndexByte(line, ':')
	if i < 1 {
		return false
	}
	for _, c := range line[:i] {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// own reports whether the mail is a digest of this program, by its own header,
// its list or its Message-ID: an alias may have rewritten any one of them.
func own(h textproto.Header, s Header) bool {
	if h.Has("X-Parcelwatch") || strings.Contains(strings.ToLower(h.Get("List-Id")), "parcelwatch") {
		return true
	}
	return strings.Contains(strings.ToLower(s.MessageID), "parcelwatch")
}

// addresses are the bare addresses of one From field, lower case. What cannot
// be read as an address is kept as it stands, so that a second, mangled address
// is seen and not overlooked.
func addresses(field string) []string {
	list, err := mail.ParseAddressList(decodable(field))
	if err != nil {
		return looseAddresses(field)
	}
	out := make([]string, 0, len(list))
	for _, a := range list {
		out = append(out, strings.ToLower(a.Address))
	}
	return out
}

// looseAddresses finds addresses in a field that is no address list: in angle
// brackets, else every word with an @.
func looseAddresses(field string) []string {
	var out []string
	for rest := field; ; {
		i := strings.IndexByte(rest, '<')
		j := strings.IndexByte(rest[max(i, 0):], '>')
		if i < 0 || j < 0 {
			break
		}
		out = append(out, strings.ToLower(strings.TrimSpace(rest[i+1:i+j])))
		rest = rest[i+j+1:]
	}
	if len(out) > 0 {
		return out
	}
	for word := range strings.FieldsFuncSeq(field, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`,;"<>()`, r) }) {
		if strings.Contains(word, "@") {
			out = append(out, strings.ToLower(word))
		}
	}
	return out
}
