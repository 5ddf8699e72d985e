package mailwatch

import (
	"time"

	"parcelwatch/mail"
)

// head is what is known of a mail before its text is read.
type head struct {
	uid     uint32
	size    int64
	header  mail.Header
	subject string
	date    time.Time // zero where it says none
}

// readHead reads the header of a mail as far as it goes.
func readHead(f fetched) head {
	h := mail.ParseHeader(f.body)
	return head{uid: f.uid, size: f.size, header: h, subject: oneLine(h.Subject), date: h.Date}
}
