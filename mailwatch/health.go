package mailwatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// tellEvery bounds how often a folder is reported when nothing but the time of
// its last check has changed.
const tellEvery = 30 * time.Second

// health is the state of a folder. Changes are logged and reported at once.
type health struct {
	report func(parcel.MailboxHealth) // never called with mu held: it writes to the store
	log    *slog.Logger

	mu        sync.Mutex
	now       parcel.MailboxHealth
	reported  time.Time
	news      bool         // now differs from what was reported, and is to be reported
	reporting bool         // a goroutine calls report
	mailed    bool         // LastMail was moved since the last report
	held      message.Text // why mail waits although the connection works

	state parcel.MailboxState // of the connection
	why   message.Text
}

func newHealth(h parcel.MailboxHealth, report func(parcel.MailboxHealth), log *slog.Logger) *health {
	return &health{now: h, report: report, log: log}
}

// set changes the state of the connection.
func (h *health) set(ctx context.Context, state parcel.MailboxState, why message.Text) {
	h.update(func() {
		h.state, h.why = state, why
		h.settleState(ctx)
	})
}

// hold reports the folder as broken for a reason other than the connection; nil
// ends that.
func (h *health) hold(ctx context.Context, why message.Text) {
	h.update(func() {
		h.held = why
		h.settleState(ctx)
	})
}

// release ends a hold.
func (h *health) release(ctx context.Context) { h.hold(ctx, nil) }

// checked records that the connection was seen to work.
func (h *health) checked(at time.Time) {
	h.update(func() {
		first := h.now.LastCheck.IsZero()
		h.now.LastCheck = at
		h.news = h.news || first || at.Sub(h.reported) >= tellEvery
	})
}

// mail records the time of a mail that was handled.
func (h *health) mail(sent, now time.Time) {
	if sent.IsZero() || sent.After(now) {
		sent = now
	}
	h.update(func() {
		if !sent.After(h.now.LastMail) {
			return
		}
		h.now.LastMail, h.mailed = sent, true
		h.news = h.news || now.Sub(h.reported) >= tellEvery
	})
}

// settled reports the last mail, since no more is at hand.
func (h *health) settled() {
	h.update(func() { h.news = h.news || h.mailed })
}

// update changes the health and reports it where there is news. One goroutine
// reports at a time; the others leave their news to it and do not wait.
func (h *health) update(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
	if h.reporting {
		return
	}
	h.reporting = true
	for h.news {
		h.news, h.mailed, h.reported = false, false, time.Now()
		now := h.now
		h.mu.Unlock()
		h.report(now)
		h.mu.Lock()
	}
	h.reporting = false
}

// settleState derives the folder's state from the connection and the hold. mu is
// held.
func (h *health) settleState(ctx context.Context) {
	state, why := h.state, h.why
	if h.held != nil && why == nil {
		state, why = parcel.MailboxBroken, h.held
	}
	if h.now.State == state && h.now.Fault.Equal(why) {
		return
	}
	if h.now.State != state {
		h.now.Since = time.Now()
	}
	// Logs and scripts get English, people their own language.
	h.now.State, h.now.Fault, h.now.Error = state, why, locale.English(why)
	h.news = true
	if why == nil {
		h.log.InfoContext(ctx, "mailbox state", "state", string(state))
		return
	}
	h.log.WarnContext(ctx, "mailbox state", "state", string(state), "err", h.now.Error)
}
