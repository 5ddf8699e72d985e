package mailwatch

import (
	"bytes"
	"io"
	"strings"
	"time"

	"parcelwatch/mail"
)

// headKept is the length up to which a header is read, in bytes. Only one is in memory at
// a time.
const headKept = 256 << 10

// head is what is kept of a header until the mail is read.
type head struct {
	uid     uint32
	size    int64
	subject string
	date    time.Time // zero if the header has none
	wanted  bool      // by the account's senders
	found   bool      // a search by sender must find the mail
}

// headOf judges a header.
func headOf(h mail.Header, senders mail.Senders) head {
	return head{subject: strings.Clone(oneLine(h.Subject)), date: h.Date, wanted: senders.Wants(h), found: senders.Found(h)}
}

// readHead reads the beginning of a header into a buffer and skips the rest.
func readHead(header io.Reader, buf *bytes.Buffer, senders mail.Senders) (head, error) {
	buf.Reset()
	if _, err := buf.ReadFrom(io.LimitReader(header, headKept)); err != nil {
		return head{}, err
	}
	if _, err := io.Copy(io.Discard, header); err != nil {
		return head{}, err
	}
	return headOf(mail.ParseHeader(buf.Bytes()), senders), nil
}
