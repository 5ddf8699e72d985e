package carriers

import (
	"cmp"
	"context"
	"time"

	"parcelwatch/parcel"
)

// slot is the moment booked for one call of a host.
type slot struct {
	at  time.Time // by the keeper's clock
	due time.Time // the same in real time
}

// left returns the real time until the slot, negative once it has passed. It trusts
// whichever clock has gone further: the monotonic clock stops while the machine sleeps, and
// the wall clock may be set back.
func (s slot) left() time.Duration { return min(time.Until(s.due), time.Until(s.due.Round(0))) }

// late returns by how much a call may miss its slot. After that the next slot, which may
// belong to another process, would come too soon.
func (k *Keeper) late() time.Duration { return max(k.info.Interval/20, 10*time.Millisecond) }

// next waits for the right to make one call: it books a slot, counts the call against the
// budget and waits for the slot, in this order, so that nothing but the call follows the
// wait. It returns nil if the call may be made now, else why not. The second result is a
// failure of the ledger.
func (k *Keeper) next(ctx context.Context, latest time.Time, turn Turn) (refusal, err error) {
	timer := time.NewTimer(max(0, latest.Sub(k.clock())))
	defer timer.Stop()
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err(), nil
	case <-timer.C:
		return k.notNow(k.clock().Add(k.info.Interval), "others are waiting for their turn"), nil
	}
	defer func() { <-k.turn }()
	var counted parcel.Date
	for {
		if refusal, err := k.book(ctx, latest); refusal != nil || err != nil {
			return refusal, err
		}
		// A call counts on the day on which it is made.
		if day := parcel.DateOf(k.day(k.booked.at)); day != counted {
			if refusal, err := k.budget(ctx, turn, k.booked.at); refusal != nil || err != nil {
				return refusal, err
			}
			counted = day
		}
		if err := pause(ctx, k.booked.left()); err != nil {
			return err, nil // the caller gave up: not a failure of the ledger
		}
		if k.booked.left() >= -k.late() {
			k.booked = slot{}
			return nil, nil
		}
	}
}

// requests are those of one call, made one after another.
type requests struct {
	made    bool
	next    func(context.Context) (refusal, err error)
	failure error // of the ledger
}

type requestsKey struct{}

// AwaitRequest is called before each request to a carrier. The keeper has waited for the first
// one of a call; AwaitRequest waits for the right to make a further one. It returns a
// [NotNowError] if that may not be made, or the context's error. Outside of a keeper's call
// it returns at once.
func AwaitRequest(ctx context.Context) error {
	r, ok := ctx.Value(requestsKey{}).(*requests)
	if !ok {
		return nil
	}
	if !r.made {
		r.made = true
		return nil
	}
	refusal, err := r.next(ctx)
	if err != nil {
		r.failure = err
		return err
	}
	return refusal
}

// book books the host's next free slot, unless it has one that can be used. A slot after
// latest is kept for the next call, so that a caller who gives up wastes no booking.
func (k *Keeper) book(ctx context.Context, latest time.Time) (refusal, err error) {
	if k.booked.left() < -k.late() {
		begun, now := time.Now(), k.clock()
		at, err := k.ledger.Reserve(ctx, k.host, k.info.Interval, now)
		if err != nil {
			return nil, err
		}
		k.booked = slot{at, begun.Add(at.Sub(now))}
	}
	if deadline, ok := ctx.Deadline(); k.booked.at.After(latest) || ok && k.booked.at.After(deadline) {
		return k.notNow(k.booked.at, "calls to "+k.host+" keep their distance"), nil
	}
	return nil, nil
}

// day returns a time in the zone of the carrier's day.
func (k *Keeper) day(t time.Time) time.Time { return t.In(cmp.Or(k.info.Day, time.UTC)) }
