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

// Guard makes the guard around a connection visible to tests.
type Guard struct{ *guard }

// NewGuard puts a guard around a connection.
func NewGuard(c net.Conn) Guard { return Guard{newGuard(c, c)} }

// Step sets its limits.
func (g Guard) Step(silence, total time.Duration, budget int64) { g.step(silence, total, budget) }

// Hurry ends everything soon.
func (g Guard) Hurry(d time.Duration) { g.hurry(d) }

// Failure is the true cause.
func (g Guard) Failure() error { return g.failure() }

// Stretches makes a walk over a mailbox visible: by sequence number, or by UID
// where there are some.
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

// UIDsWithin makes the walk over a SEARCH answer visible.
func UIDsWithin(set imap.UIDSet, first, last uint32) ([]uint32, error) {
	return uidsWithin(set, span{first, last})
}

// FromCriteria makes the SEARCH keys visible.
func FromCriteria(senders []string) []imap.SearchCriteria { return fromCriteria(senders) }

// HeaderMatches reads a header and compares its senders.
func HeaderMatches(raw []byte, senders mail.Senders) (matches bool, subject string, date time.Time) {
	h := readHead(fetched{uid: 1, body: raw})
	return senders.Wants(h.header), h.subject, h.date
}

// OneLine makes the cleaning of foreign text visible.
func OneLine(s string) string { return oneLine(s) }

// Health makes the state of a folder visible.
type Health struct{ *health }

// NewHealth makes the state of a folder that is reported to report.
func NewHealth(report func(parcel.MailboxHealth)) Health {
	return Health{newHealth(parcel.MailboxHealth{}, report, slog.New(slog.DiscardHandler))}
}

// Set changes the state of the connection.
func (h Health) Set(ctx context.Context, state parcel.MailboxState) { h.set(ctx, state, nil) }

// NextDelays is what a backoff gives in a row.
func NextDelays(n int) []time.Duration {
	b := &backoff{first: defaultRetry}
	var out []time.Duration
	for range n {
		out = append(out, b.next())
	}
	return out
}
