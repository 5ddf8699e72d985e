package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// checks holds when each folder last proved that it works or that it cannot be read.
type checks struct {
	mu   sync.Mutex
	last map[string]check
}

type check struct {
	at     time.Time // when it was reported, by the app's clock
	proof  time.Time // LastCheck of the report
	broken bool
	state  parcel.MailboxHealth // as last reported
}

// report keeps a state of a folder, and returns whether more is new in it than the time of a
// check. A connection that only exists proves nothing.
func (c *checks) report(h parcel.MailboxHealth, now time.Time) (news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := h.Name + "/" + h.Folder
	one := c.last[key]
	was, first := one.state, one.at.IsZero()
	broken := h.State.Failing()
	if broken || h.LastCheck.After(one.proof) {
		one.at, one.proof, one.broken = now, h.LastCheck, broken
	}
	one.state = h
	c.last[key] = one
	return first || h.State != was.State || !h.Since.Equal(was.Since) || !h.LastMail.Equal(was.LastMail) || !h.Fault.Equal(was.Fault)
}

func (c *checks) of(mailbox, folder string) check {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last[mailbox+"/"+folder]
}

// round returns how far the mailboxes have been read and the carriers been asked since the
// program woke up or, if that time is zero, since its start. What is due after the
// mailboxes were read does not prolong the round. The notifier calls it from one goroutine.
func (r *runner) round(ctx context.Context, woke time.Time) (notify.Round, error) {
	done := func(at time.Time) bool { return !at.IsZero() && !at.Before(woke) }
	var out notify.Round
	for _, box := range r.mailboxes {
		for _, folder := range box.cfg.Folders {
			c := r.checks.of(box.cfg.Name, folder)
			if c.broken {
				continue
			}
			p, err := r.store.Checkpoint(ctx, box.cfg.Name, folder)
			if err != nil {
				return out, fmt.Errorf("read how far %s is read: %w", box.cfg.Name, err)
			}
			out.Scanning = out.Scanning || !p.Scanned
			out.Asking = out.Asking || !done(c.at)
		}
	}
	if out.Asking || out.Scanning {
		return out, nil
	}
	if !done(r.read) {
		r.read = r.life.Now()
	}
	next, err := r.store.NextDue(ctx)
	if err != nil {
		return out, fmt.Errorf("read which parcels are due: %w", err)
	}
	out.Asking = !next.IsZero() && !next.After(r.read)
	return out, nil
}
