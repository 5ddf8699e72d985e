package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// recallHorizon is the age of a refused message up to which its news is told again. After
// giveUpAfter it only joins other news.
const recallHorizon = 30 * day

// refused returns the messages that the mail server refused for good for every recipient of
// an audience. A message that one of them has got, or perhaps has got, is none of them: its
// news is told.
func (n *Notifier) refused(ctx context.Context, a Audience, now time.Time) ([]store.Message, error) {
	all, err := n.outbox.Refused(ctx, a.Name, now.Add(-recallHorizon))
	if err != nil {
		return nil, fmt.Errorf("list refused messages: %w", err)
	}
	return slices.DeleteFunc(all, func(m store.Message) bool { return slices.ContainsFunc(m.Deliveries, arrivedPerhaps) }), nil
}

// retold reports whether the news of refused messages is reason enough for another mail.
func retold(refused []store.Message, now time.Time) bool {
	return slices.ContainsFunc(refused, func(m store.Message) bool { return now.Sub(m.WaitsSince()) < giveUpAfter })
}

// recall makes the news of refused messages pending again. The mail that is made next
// replaces them.
func (n *Notifier) recall(ctx context.Context, a Audience, st *audienceState, refused []store.Message, now time.Time) error {
	for _, m := range refused {
		for i := range m.Deliveries {
			// If the program ends before the withdrawal, the message is outdated when it is due.
			f := &m.Deliveries[i]
			f.State, f.Next, f.Tries = store.DeliveryWaiting, now.Add(stale), min(f.Tries, 1)
		}
		if err := n.outbox.Record(ctx, m.ID, m.Deliveries); err != nil && !errors.Is(err, parcel.ErrNotFound) {
			return fmt.Errorf("tell again what was refused: %w", err)
		}
	}
	return n.withdraw(ctx, a, st, now)
}

// recallInto recalls what was refused before an urgent mail is made of in, and returns the
// slot and the input of the mail that tells both. If a regular digest was refused, that is
// a complete one. A mail that still waits is not touched.
func (n *Notifier) recallInto(ctx context.Context, a Audience, st *audienceState, in Input, now time.Time) (string, Input, error) {
	slot := a.slot(urgentSlot, now)
	refused, err := n.refused(ctx, a, now)
	if err != nil || len(refused) == 0 || st.held {
		return slot, in, err
	}
	if err := n.recall(ctx, a, st, refused, now); err != nil {
		return slot, in, err
	}
	if st.digestOwed() {
		in, err = n.input(ctx, a, now)
		return a.slot(againSlot, now), in, err
	}
	in, _, err = n.urgentInput(ctx, a, st, now)
	return slot, in, err
}

// recallFor recalls what was refused before the regular digest of a slot is made, and
// returns its slot: another one if it tells nothing but what a refused digest did.
func (n *Notifier) recallFor(ctx context.Context, a Audience, st *audienceState, slot string, now time.Time) (string, error) {
	refused, err := n.refused(ctx, a, now)
	if err != nil || len(refused) == 0 {
		return slot, err
	}
	in, err := n.input(ctx, a, now)
	if err != nil {
		return slot, err
	}
	if Compose(in, now).Empty() {
		if !retold(refused, now) {
			return slot, nil
		}
		if owesDigest(refused) {
			slot = a.slot(againSlot, now) // the channels have got that digest
		}
	}
	return slot, n.recall(ctx, a, st, refused, now)
}
