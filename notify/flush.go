package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	flushBatch = 20
	// A session longer than this is aborted and tried again.
	sendTimeout = 10 * time.Minute
	// Deliveries are recorded even while stopping, because the mail has been sent.
	recordTimeout = 2 * time.Second
)

// flush sends what is due and returns when the next message is due.
func (n *Notifier) flush(ctx context.Context) time.Time {
	n.sending.Lock()
	defer n.sending.Unlock()
	var tried int
	var left bool
	next, err := n.nextMessage(ctx)
	if err == nil && (len(n.unmarked) > 0 || !next.IsZero() && !next.After(n.now())) {
		if tried, left, err = n.deliver(ctx); err == nil {
			next, err = n.nextMessage(ctx)
		}
	}
	if soon := n.now().Add(time.Minute); left && next.Before(soon) {
		next = soon
	}
	// A message waiting for its next try does not prove that sending works.
	if err != nil || tried > 0 || next.IsZero() {
		n.report(ctx, "outbox", err)
	}
	return next
}

// nextMessage returns when the next message is due, or zero if none waits.
func (n *Notifier) nextMessage(ctx context.Context) (time.Time, error) {
	next, err := n.outbox.NextMessage(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the outbox: %w", err)
	}
	return next, nil
}

// deliver tries every due message once, but leaves those to the composing loop that are to
// be composed anew. It returns the number of messages tried, and whether some were left.
func (n *Notifier) deliver(ctx context.Context) (tried int, left bool, err error) {
	// Deliveries that could not be recorded come first, otherwise their messages would be
	// sent again.
	for _, id := range slices.Sorted(maps.Keys(n.unmarked)) {
		if err := n.record(ctx, id, n.unmarked[id]); err != nil {
			return 0, false, err
		}
	}
	now := n.now()
	messages, err := n.outbox.DueMessages(ctx, now, flushBatch)
	if err != nil {
		return 0, false, fmt.Errorf("read the outbox: %w", err)
	}
	var old []string
	for _, m := range messages {
		if n.outdated(m, now) {
			old = append(old, m.Audience)
		}
	}
	var faults []error
	for _, m := range messages {
		if ctx.Err() != nil {
			break
		}
		if slices.Contains(old, m.Audience) && withdrawable(m) {
			left = true
			nudge(n.wake)
			continue
		}
		fault, err := n.try(ctx, m, now)
		if err != nil {
			return tried, left, err
		}
		tried++
		faults = append(faults, fault)
	}
	return tried, left, errors.Join(faults...)
}

// try sends one message and records the deliveries. fault is the mail server's error, if
// any.
func (n *Notifier) try(ctx context.Context, m store.Message, now time.Time) (fault, err error) {
	deliveries := due(m, now)
	if len(deliveries) == 0 {
		return nil, nil
	}
	to := make([]string, 0, len(deliveries))
	for _, f := range deliveries {
		to = append(to, f.To)
	}
	switch err := n.outbox.Record(ctx, m.ID, begun(deliveries)); {
	case errors.Is(err, parcel.ErrNotFound): // withdrawn meanwhile
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("record a try: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	outcomes := n.sender.Send(limited, m, to)
	now = n.now()
	for i, o := range outcomes {
		if i >= len(deliveries) {
			break
		}
		if o.Result == SendUntried && ctx.Err() == nil {
			// The timeout ended the session, not a stop.
			o.Result = SendTemporary
		}
		deliveries[i] = NextDelivery(deliveries[i], o, m.Made, now)
		if o.Result != SendUntried {
			n.offered.Store(o.Offered && o.Result != SendOK)
		}
		switch deliveries[i].State {
		case store.DeliverySent:
			n.log.InfoContext(ctx, "digest sent", "message_id", m.ID, "tries", deliveries[i].Tries)
		case store.DeliveryRefused:
			n.log.ErrorContext(ctx, "digest refused", "message_id", m.ID, "tries", deliveries[i].Tries, "err", Explain(o.Err))
		case store.DeliveryWaiting, store.DeliveryAmbiguous:
			if o.Err != nil && ctx.Err() == nil {
				fault = errors.New(Explain(o.Err))
			}
		}
	}
	return fault, n.record(ctx, m.ID, deliveries)
}

func (n *Notifier) record(ctx context.Context, id string, deliveries []store.Delivery) error {
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if err := n.outbox.Record(kept, id, deliveries); err != nil {
		n.unmarked[id] = deliveries
		return fmt.Errorf("record what was sent: %w", err)
	}
	delete(n.unmarked, id)
	return nil
}
