package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parcelwatch/parcel"
)

// leastOutage is how long digests must have waited for the outage to be mentioned.
const leastOutage = time.Hour

// hold reports whether a new digest has to wait because an earlier one cannot be sent. So
// an outage leaves one stale digest at most, and one that tells everything since.
func (n *Notifier) hold(ctx context.Context, a Audience, st *audienceState) (bool, error) {
	since, err := n.outbox.Unsent(ctx, a.Name)
	if err != nil {
		return false, fmt.Errorf("read the outbox: %w", err)
	}
	if since.IsZero() {
		return false, nil
	}
	st.held = parcel.Earliest(st.held, since)
	return true, nil
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

// passed reports whether health changes have an outage of sending that is over, which
// no mail could tell while it lasted.
func passed(a Alarm, all []parcel.Change) bool {
	return a.Kind == TroubleOutbox && slices.ContainsFunc(all, func(ch parcel.Change) bool {
		b := alarmOf(ch)
		return b.Key == a.Key && b.Over != a.Over
	})
}
