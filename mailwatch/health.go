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

// tellEvery is the minimum interval of reports while only the time of the last check
// changes.
const tellEvery = 30 * time.Second

// health is the state of a folder. Changes are logged and reported at once.
type health struct {
	report func(parcel.MailboxHealth) // never called while mu is held, because it writes to the store
	log    *slog.Logger

	mu        sync.Mutex
	now       parcel.MailboxHealth
	reported  time.Time
	news      bool         // now differs from the last report and must be reported
	reporting bool         // a goroutine is calling report
	mailed    bool         // LastMail has changed since the last report
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

// hold marks the folder as broken for a reason other than the connection; nil ends the
// hold.
func (h *health) hold(ctx context.Context, why message.Text) {
	h.update(func() {
		h.held = why
		h.settleState(ctx)
	})
}

// release ends a hold.
func (h *health) release(ctx context.Context) { h.hold(ctx, nil) }

// checked records that the connection worked at the given time.
func (h *health) checked(at time.Time) {
	h.update(func() {
		first := h.now.LastCheck.IsZero()
		h.now.LastCheck = at
		h.news = h.news || first || at.Sub(h.reported) >= tellEvery
	})
}

// mail records the date of a handled mail.
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

// settled reports the last mail when no more mail is waiting.
func (h *health) settled() {
	h.update(func() { h.news = h.news || h.mailed })
}

// update changes the health and reports it if needed. One goroutine reports at a time
// and includes the changes of the others, which do not wait.
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

// settleState derives the folder's state from the connection and the hold. The caller
// holds mu.
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
	// Logs and scripts need English; Fault is rendered in the user's language.
	h.now.State, h.now.Fault, h.now.Error = state, why, locale.English(why)
	h.news = true
	if why == nil {
		h.log.InfoContext(ctx, "mailbox state", "state", string(state))
		return
	}
	h.log.WarnContext(ctx, "mailbox state", "state", string(state), "err", h.now.Error)
}
