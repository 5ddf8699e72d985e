package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parcelwatch/parcel"
)

// urgentPause is the minimum time between two urgent mails to one audience.
const urgentPause = 10 * time.Minute

func urgentKinds() []parcel.ChangeKind {
	return []parcel.ChangeKind{
		parcel.ChangeMoved, parcel.ChangeNewParcel, parcel.ChangePickupUntil, parcel.ChangeNewOrder, parcel.ChangeOrderStep,
	}
}

// urgent makes an urgent digest, at most one in ten minutes and none in quiet hours. If
// it may not make one now, it returns when it may.
func (n *Notifier) urgent(ctx context.Context, a Audience, st *audienceState, now time.Time) (time.Time, error) {
	in, again, err := n.urgentInput(ctx, a, st, now)
	if err != nil || len(in.Changes) == 0 {
		return again, err
	}
	if Compose(in, now).Empty() {
		return time.Time{}, nil
	}
	slot, in, err := n.recallInto(ctx, a, st, in, now)
	if err != nil {
		return time.Time{}, err
	}
	if st.greet {
		return n.greet(ctx, a, st, now) // the first digest was refused
	}
	in.Outage = st.outage
	if err := n.mail(ctx, a, st, Compose(in, now), slot); err != nil {
		return time.Time{}, err
	}
	st.urgent = now
	return time.Time{}, nil
}

// urgentInput reads the data of an urgent mail. If none may be made now, it has no
// changes, and urgentInput returns when one may.
func (n *Notifier) urgentInput(ctx context.Context, a Audience, st *audienceState, now time.Time) (in Input, again time.Time, err error) {
	pending, err := n.outbox.Pending(ctx, a.Name, time.Time{})
	if err != nil {
		return Input{}, time.Time{}, fmt.Errorf("list changes to announce: %w", err)
	}
	changes := Urgent(pending, a.Urgent)
	if len(changes) == 0 {
		return Input{}, time.Time{}, nil
	}
	if end := a.Quiet.Until(now, a.zone()); !end.IsZero() {
		return Input{}, end, nil
	}
	if free := st.urgent.Add(urgentPause); !st.urgent.After(now) && free.After(now) {
		return Input{}, free, nil
	}
	if in, err = n.input(ctx, a, now); err != nil {
		return Input{}, time.Time{}, err
	}
	if changes = standingUrgent(in, changes); len(changes) == 0 {
		return Input{}, time.Time{}, nil
	}
	return urgentInput(in, changes), time.Time{}, nil
}

// Urgent returns the changes that are announced at once: parcels and orders that reached one of the
// statuses, the last two days of pickup, and mailboxes that cannot be read.
func Urgent(changes []parcel.Change, statuses []parcel.Status) []parcel.Change {
	var out []parcel.Change
	for _, ch := range changes {
		switch {
		case ch.Quiet:
		case ch.Kind == parcel.ChangeHealth:
			if a := alarmOf(ch); !a.Over && a.Kind == TroubleMailbox {
				out = append(out, ch)
			}
		default:
			if slices.Contains(statuses, ch.To) && slices.Contains(urgentKinds(), ch.Kind) {
				out = append(out, ch)
			}
		}
	}
	return out
}

// ends returns the ends of urgent failures that were announced before.
func ends(pending []parcel.Change) []parcel.Change {
	over := slices.DeleteFunc(slices.Clone(pending), func(ch parcel.Change) bool {
		a := alarmOf(ch)
		return ch.Quiet || ch.Kind != parcel.ChangeHealth || !a.Over || a.Kind != TroubleMailbox
	})
	return unpaired(over, pending)
}

// unpaired removes the failures and ends whose counterpart is pending, too: what came and
// went unnoticed.
func unpaired(changes, pending []parcel.Change) []parcel.Change {
	return slices.DeleteFunc(changes, func(ch parcel.Change) bool {
		a := alarmOf(ch)
		return ch.Kind == parcel.ChangeHealth && slices.ContainsFunc(pending, func(o parcel.Change) bool {
			b := alarmOf(o)
			return o.Kind == parcel.ChangeHealth && b.Key == a.Key && b.Over != a.Over
		})
	})
}

// urgentInput limits a digest's input to the urgent changes and all other changes of the
// same parcels and orders, because the mail shows their present state.
func urgentInput(in Input, urgent []parcel.Change) Input {
	parcels, orders, ids := map[int64]bool{}, map[string]bool{}, map[int64]bool{}
	for _, ch := range urgent {
		ids[ch.ID] = true
		if ch.Parcel != 0 {
			parcels[ch.Parcel] = true
		}
		if ch.Order != "" {
			orders[ch.Order] = true
		}
	}
	in.Urgent = true
	in.Changes = slices.DeleteFunc(slices.Clone(in.Changes), func(ch parcel.Change) bool {
		return !ids[ch.ID] && !parcels[ch.Parcel] && !orders[ch.Order]
	})
	return in
}
