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

// tellEvery bounds how often a living mailbox says only that it lives.
const tellEvery = 30 * time.Second

// health is the state of a folder: told when it changes, logged in one line.
type health struct {
	tell func(parcel.MailboxHealth)
	log  *slog.Logger

	mu     sync.Mutex
	now    parcel.MailboxHealth
	told   time.Time
	unsaid bool         // a mail came since
	held   message.Text // why mail waits although the connection is well

	state parcel.MailboxState // of the connection
	why   message.Text
}

func newHealth(h parcel.MailboxHealth, tell func(parcel.MailboxHealth), log *slog.Logger) *health {
	return &health{now: h, tell: tell, log: log}
}

// set changes the state. The same state for the same reason is no news.
func (h *health) set(ctx context.Context, state parcel.MailboxState, why message.Text) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state, h.why = state, why
	h.changeLocked(ctx)
}

// hold reports the folder as broken for a reason beside the connection.
func (h *health) hold(ctx context.Context, why message.Text) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held = why
	h.changeLocked(ctx)
}

// release ends a hold.
func (h *health) release(ctx context.Context) { h.hold(ctx, nil) }

func (h *health) changeLocked(ctx context.Context) {
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
	// Logs and scripts have English, people their own language.
	h.now.State, h.now.Fault, h.now.Error = state, why, locale.English(why)
	h.tellLocked(time.Now())
	if why == nil {
		h.log.InfoContext(ctx, "mailbox state", "state", string(state))
		return
	}
	h.log.WarnContext(ctx, "mailbox state", "state", string(state), "err", h.now.Error)
}

// checked notes a proof that the connection lives.
func (h *health) checked(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := h.now.LastCheck.IsZero()
	h.now.LastCheck = at
	if first || at.Sub(h.told) >= tellEvery {
		h.tellLocked(at)
	}
}

// mail notes the time of a mail that was handled.
func (h *health) mail(sent, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if sent.IsZero() || sent.After(now) {
		sent = now
	}
	if !sent.After(h.now.LastMail) {
		return
	}
	h.now.LastMail, h.unsaid = sent, true
	if now.Sub(h.told) >= tellEvery {
		h.tellLocked(now)
	}
}

// settled notes that no more mail is at hand, so that the last one is told.
func (h *health) settled(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.unsaid {
		h.tellLocked(at)
	}
}

func (h *health) tellLocked(at time.Time) {
	h.told, h.unsaid = at, false
	h.tell(h.now)
}
