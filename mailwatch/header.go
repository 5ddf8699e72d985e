package mailwatch

import (
	"time"

	"parcelwatch/mail"
)

// head is what is known about a mail before its body is read.
type head struct {
	uid     uint32
	size    int64
	header  mail.Header
	subject string
	date    time.Time // zero if the header has none
}

// readHead parses the readable part of a header.
func readHead(f fetched) head {
	h := mail.ParseHeader(f.body)
	return head{uid: f.uid, size: f.size, header: h, subject: oneLine(h.Subject), date: h.Date}
}
