package mailwatch

import (
	"bufio"
	"bytes"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
	"golang.org/x/net/idna"
)

// addressPattern finds addresses in a header field whatever surrounds them:
// fields that break the grammar are no reason to lose a mail.
var addressPattern = regexp.MustCompile(`[^\s<>"(),:;@]+@[\p{L}\p{M}\p{N}.-]+`)

// headerFields are what the choice of a mail needs.
func headerFields() []string { return []string{"From", "Sender", "Resent-From", "Date", "Subject"} }

// head is what is known of a mail before its text is read.
type head struct {
	uid     uint32
	size    int64
	from    string // the fields that name a sender, in lower case
	subject string
	date    time.Time // zero where it says none
}

// readHead reads the header of a mail as far as it goes. A header that cannot be
// read at all is searched for senders as a whole.
func readHead(f fetched) head {
	h := head{uid: f.uid, size: f.size}
	th, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(f.body)))
	if err != nil {
		h.from = strings.ToLower(string(f.body[:min(len(f.body), headBytes)]))
		return h
	}
	var from []string
	for _, field := range []string{"From", "Sender", "Resent-From"} {
		from = append(from, th.Values(field)...)
	}
	h.from = strings.ToLower(strings.Join(from, "\n"))
	mh := mail.Header{Header: message.Header{Header: th}}
	if subject, err := mh.Subject(); err == nil || subject != "" {
		h.subject = oneLine(subject)
	}
	if date, err := mh.Date(); err == nil {
		h.date = date
	}
	return h
}

// matches reports whether one of the senders is named: an address as it is, a
// domain with its sub-domains. No senders match everything.
func (h head) matches(senders []string) bool {
	if len(senders) == 0 {
		return true
	}
	for _, found := range addressPattern.FindAllString(h.from, -1) {
		address := asciiAddress(found)
		_, domain, _ := strings.Cut(address, "@")
		for _, s := range senders {
			if address == s || domain == s || strings.HasSuffix(domain, "."+s) {
				return true
			}
		}
	}
	return false
}

// asciiAddress is an address or a domain with the domain as name servers know it,
// whichever script it is written in.
func asciiAddress(s string) string {
	at := strings.LastIndexByte(s, '@') + 1
	if domain, err := idna.Lookup.ToASCII(s[at:]); err == nil && !ascii(s[at:]) {
		return s[:at] + domain
	}
	return s
}
