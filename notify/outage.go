package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	// leastOutage is how long mail must have waited for the outage to be mentioned.
	leastOutage = time.Hour
	// stale is the age at which a message that was not sent is composed anew.
	stale = time.Hour
)

// outdated reports whether a message is composed anew instead of being sent as it is,
// because what it says was true some time ago.
func (n *Notifier) outdated(m store.Message, now time.Time) bool {
	_, known := n.audience(m.Audience)
	return known && now.Sub(m.Made) >= stale && withdrawable(m)
}

// withdrawable reports whether no copy of a message can have arrived.
func withdrawable(m store.Message) bool {
	return !slices.ContainsFunc(m.Deliveries, func(f store.Delivery) bool { return f.State != store.DeliveryWaiting })
}

// renew withdraws what waits for an audience once it is outdated, or if urgent news joins
// it. What is composed next replaces it, so an outage leaves one mail, which tells
// everything since.
func (n *Notifier) renew(ctx context.Context, a Audience, st *audienceState, now time.Time) error {
	waits, err := n.outbox.Backlog(ctx, a.Name)
	if err != nil {
		return fmt.Errorf("read the outbox: %w", err)
	}
	if st.held = !waits.Tried.IsZero(); st.held {
		st.outage = Span{parcel.Earliest(st.outage.From, waits.Tried), now}
	}
	switch {
	case waits.Made.IsZero():
		return nil
	case now.Sub(waits.Made) >= stale && !waits.Next.After(now):
	case !waits.Tried.IsZero() && !n.offered.Load():
		urgent, _, err := n.urgentInput(ctx, a, st, now)
		if err != nil || len(urgent.Changes) == 0 {
			return err
		}
	default:
		return nil
	}
	return n.withdraw(ctx, a, st, now)
}

// withdraw makes the news of unsent messages pending again.
func (n *Notifier) withdraw(ctx context.Context, a Audience, st *audienceState, now time.Time) error {
	withdrawn, err := n.outbox.Withdraw(ctx, a.Name)
	if err != nil {
		return fmt.Errorf("withdraw what was not sent: %w", err)
	}
	if len(withdrawn) == 0 {
		return nil
	}
	// If the program ends here, the next start finds the same slot and news.
	_, made, err := n.outbox.LastSlot(ctx, a.Name)
	if err != nil {
		return fmt.Errorf("read the last digest: %w", err)
	}
	st.mailed, st.owed = made, append(st.owed, withdrawn...)
	st.greet = st.greet || made.IsZero() && n.round != nil
	for _, m := range withdrawn {
		if slices.ContainsFunc(m.Deliveries, func(f store.Delivery) bool { return f.Tries > 0 }) {
			st.outage = Span{parcel.Earliest(st.outage.From, m.WaitsSince()), now}
		}
	}
	backlog, err := n.outbox.Backlog(ctx, a.Name)
	if err != nil {
		return fmt.Errorf("read the outbox: %w", err)
	}
	st.held = !backlog.Tried.IsZero()
	n.log.InfoContext(ctx, "unsent mail is composed anew", "audience", a.Name, "messages", len(withdrawn))
	return nil
}

// digestOwed reports whether a regular digest was withdrawn.
func (st *audienceState) digestOwed() bool { return owesDigest(st.owed) }

// owesDigest reports whether one of the messages is a regular digest.
func owesDigest(messages []store.Message) bool {
	return slices.ContainsFunc(messages, func(m store.Message) bool { return !strings.HasPrefix(m.Slot, urgentSlot) })
}

// replace continues the waiting and the tries of the messages that m replaces.
func replace(m *store.Message, withdrawn []store.Message) {
	for _, old := range withdrawn {
		m.Waits = parcel.Earliest(m.Waits, old.WaitsSince())
		for _, f := range old.Deliveries {
			for i := range m.Deliveries {
				if d := &m.Deliveries[i]; d.To == f.To && f.Tries > d.Tries {
					d.Tries, d.Error, d.Fault = f.Tries, f.Error, f.Fault
				}
			}
		}
	}
}

// standingUrgent removes urgent changes whose parcel or order has moved on since.
func standingUrgent(in Input, urgent []parcel.Change) []parcel.Change {
	status := map[int64]parcel.Status{}
	for _, p := range in.Parcels {
		status[p.ID] = p.Status
	}
	steps := map[string]parcel.Status{}
	for _, o := range in.Orders {
		steps[o.ID] = o.Step.Status()
	}
	return slices.DeleteFunc(slices.Clone(urgent), func(ch parcel.Change) bool {
		now, known := status[ch.Parcel]
		if ch.Parcel == 0 {
			now, known = steps[ch.Order]
		}
		return ch.Kind != parcel.ChangeHealth && known && now != ch.To
	})
}
