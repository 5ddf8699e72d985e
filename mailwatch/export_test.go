package mailwatch

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// Failure returns the cause for which a connection ended, after everything was read.
func Failure(c net.Conn) error {
	l := newLink(c, c, "", NewBudget())
	_, _ = io.Copy(io.Discard, l)
	return l.failure()
}

// Stretches returns the criteria of a walk over a mailbox: by UID if uids are given,
// else by sequence number.
func Stretches(messages int, uids []uint32, length int) []imap.SearchCriteria {
	w := bySequence(messages, time.Time{})
	if uids != nil {
		w = byUID(uids)
	}
	var out []imap.SearchCriteria
	for w.left > 0 {
		out = append(out, w.next(length))
	}
	return out
}

// UIDsWithin exposes the parsing of a SEARCH response.
func UIDsWithin(set imap.UIDSet, first, last uint32) ([]uint32, error) {
	return uidsWithin(set, span{first, last})
}

// FromCriteria exposes the SEARCH keys.
func FromCriteria(senders []string) []imap.SearchCriteria { return fromCriteria(senders) }

// HeaderMatches parses a header and compares its senders.
func HeaderMatches(raw []byte, senders mail.Senders) (matches bool, subject string, date time.Time) {
	h, err := readHead(bytes.NewReader(raw), &bytes.Buffer{}, senders)
	if err != nil {
		panic(err)
	}
	return h.wanted, h.subject, h.date
}

// OneLine exposes the cleaning of text from outside.
func OneLine(s string) string { return oneLine(s) }

// Health exposes the state of a folder.
type Health struct{ *health }

// NewHealth returns the state of a folder that calls report on changes.
func NewHealth(report func(parcel.MailboxHealth)) Health {
	return Health{newHealth(parcel.MailboxHealth{}, report, slog.New(slog.DiscardHandler))}
}

// Set changes the state of the connection.
func (h Health) Set(ctx context.Context, state parcel.MailboxState) { h.set(ctx, state, nil) }

// NextDelays returns n consecutive delays of a backoff.
func NextDelays(n int) []time.Duration {
	b := &backoff{first: defaultRetry}
	var out []time.Duration
	for range n {
		out = append(out, b.next())
	}
	return out
}

// Hold exposes the waiting for memory.
func (b *Budget) Hold(ctx context.Context, size int64, interval time.Duration, alive func() error) (func(), error) {
	return b.hold(ctx, size, interval, alive)
}

// Opening returns how many servers connections are being opened to.
func (b *Budget) Opening() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.opening)
}
