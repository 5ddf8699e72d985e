package notify

import (
	"context"
	"fmt"
	"time"

	"parcelwatch/parcel"
)

const (
	// askFirst is how long digests wait after a start or a sleep until carriers have been
	// asked.
	askFirst = 3 * time.Minute
	// scanFirst is how long they wait until a mailbox has been read for the first time.
	scanFirst = 30 * time.Minute
	askPause  = 5 * time.Second
	// sleepGap is the time between two checks above which the machine was asleep.
	sleepGap = 30 * time.Minute
	// An absence is mentioned in the digests of the day after it if it was long enough
	// for news to be missed, and short enough not to be a wrong clock.
	leastAbsence = day
	mostAbsence  = 366 * day
)

// Round is the state of the first round of asking after a start or a sleep.
type Round struct {
	Scanning bool // a mailbox is being read for the first time
	Asking   bool // a mailbox has not been checked, or a parcel is due
}

// Span is a time from one moment to another. The zero value is none.
type Span struct{ From, To time.Time }

// notice finds out whether the program has just started or woken up.
func (n *Notifier) notice(now time.Time) {
	if gap := now.Sub(n.looked); n.started.IsZero() || gap > sleepGap {
		if !n.started.IsZero() {
			n.woke = now
		}
		n.started, n.resumed = now, now
		if !n.looked.IsZero() && gap >= leastAbsence && gap < mostAbsence {
			n.absence = Span{n.looked, now}
		}
	}
	n.looked = now
}

// settled reports whether the first round after a start or a sleep is over, or has taken
// too long.
func (n *Notifier) settled(ctx context.Context, now time.Time) (bool, error) {
	if n.round == nil || n.resumed.IsZero() {
		return true, nil
	}
	r, err := n.round(ctx, n.woke)
	if err != nil {
		err = fmt.Errorf("read what has been asked: %w", err)
	}
	if r.Scanning && now.Sub(n.started) < scanFirst {
		n.resumed = now
		return false, err
	}
	if (r.Asking || err != nil) && now.Sub(n.resumed) < askFirst {
		return false, err
	}
	n.log.InfoContext(ctx, "first round is over", "took", now.Sub(n.started).Round(time.Second), "all_asked", !r.Asking)
	n.resumed = time.Time{}
	return true, err
}

// greet makes the first digest of an audience, as soon as all have been asked and quiet
// hours are over. If it may not be made now, it returns when it may. There is none if
// nothing was found yet.
func (n *Notifier) greet(ctx context.Context, a Audience, st *audienceState, now time.Time) (time.Time, error) {
	if end := a.Quiet.Until(now, a.zone()); !end.IsZero() {
		return end, nil
	}
	in, err := n.firstInput(ctx, a, now)
	if err != nil {
		return time.Time{}, err
	}
	in.Outage = st.outage
	slot := "hello"
	if len(st.owed) > 0 {
		slot = a.slot(againSlot, now)
	}
	if d := Compose(in, now); d.Hello.Found() > 0 {
		if err := n.mail(ctx, a, st, d, slot); err != nil {
			return time.Time{}, err
		}
		st.slot = now
	}
	st.greet = false
	return time.Time{}, nil
}

// firstInput reads the data of a first digest: what is followed, and a count of what has
// arrived.
func (n *Notifier) firstInput(ctx context.Context, a Audience, now time.Time) (Input, error) {
	pending, err := n.outbox.Pending(ctx, a.Name, time.Time{})
	if err != nil {
		return Input{}, fmt.Errorf("list changes to announce: %w", err)
	}
	in, err := n.inputOf(ctx, Input{Audience: a, Changes: pending, Hello: true}, now)
	if err != nil {
		return in, err
	}
	err = n.source.Ended(ctx, func(p *parcel.Parcel) {
		if p.Status == parcel.Delivered && !p.Muted && in.cares(p.Mailboxes) {
			in.Ended.Arrived++
		}
	}, func(o *parcel.Order) {
		if orderSections()[o.State(now)] == SectionDelivered && in.cares(o.Mailboxes) {
			in.Ended.Arrived++
			in.Ended.Orders++
		}
	})
	if err != nil {
		return in, fmt.Errorf("count what has arrived: %w", err)
	}
	return in, nil
}
