package notify

import (
	"context"
	"fmt"
	"time"
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
	r, err := n.round(ctx, n.resumed)
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
	n.resumed = time.Time{}
	return true, err
}
