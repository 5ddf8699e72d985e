package mailwatch

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// Guard exposes the guard around a connection.
type Guard struct{ *guard }

// NewGuard wraps a connection in a guard.
func NewGuard(c net.Conn) Guard { return Guard{newGuard(c, c)} }

// Step sets its limits.
func (g Guard) Step(silence, total time.Duration, budget int64) { g.step(silence, total, budget) }

// Hurry makes all operations end within d.
func (g Guard) Hurry(d time.Duration) { g.hurry(d) }

// Failure returns the original cause of a failure.
func (g Guard) Failure() error { return g.failure() }

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
	h := readHead(fetched{uid: 1, body: raw})
	return senders.Wants(h.header), h.subject, h.date
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
