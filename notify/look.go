package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	remindEvery = time.Hour // interval of checking for protections and storage that end soon
	weekly      = 7*day - time.Hour
	pingEvery   = 30 * time.Second // minimum interval of pings to the dead man's switch

	// How the slots begin of urgent mails, of digests that replace withdrawn ones, and of
	// digests that were asked for.
	urgentSlot = "urgent "
	againSlot  = "again "
	nowSlot    = "now "
)

// slot names a mail that has no slot in the schedule.
func (a Audience) slot(kind string, now time.Time) string {
	return kind + now.In(a.zone()).Format(time.DateTime)
}

// look records alarms and reminders, then composes the digests that are due. It returns
// when the next one is due. After a start or a sleep, carriers are asked first.
func (n *Notifier) look(ctx context.Context) time.Time {
	now, began := n.now(), time.Now()
	n.notice(now)
	n.report(ctx, "alarms", n.watch(ctx, now))
	settled, err := n.settled(ctx, now)
	n.report(ctx, "first round", err)
	if !settled {
		return now.Add(askPause)
	}
	if n.turns != nil {
		if n.turns.Acquire(ctx, 1) != nil {
			return time.Time{} // ctx has ended
		}
		defer n.turns.Release(1)
		// The monotonic clock goes on while others compose, and stands still while the machine sleeps.
		if now = n.now(); now.Sub(n.looked)-time.Since(began) > sleepGap {
			return now // the next look notices the sleep
		}
		n.looked = now
	}
	n.report(ctx, "reminders", n.remind(ctx, now))
	var next time.Time
	for _, a := range n.cfg.Audiences {
		at, err := n.serve(ctx, a, now)
		n.report(ctx, "digest "+a.Name, err)
		next = parcel.Earliest(next, at)
	}
	n.report(ctx, "channels", n.notifyChannels(ctx, now))
	return next
}

// watch records alarms and their ends.
func (n *Notifier) watch(ctx context.Context, now time.Time) error {
	h, err := n.source.Health(ctx)
	if err != nil {
		return fmt.Errorf("read the health: %w", err)
	}
	if n.alarms == nil {
		// A failure from before the start may be over.
		recorded, err := n.source.Changes(ctx, 0)
		if err != nil {
			return fmt.Errorf("read the alarms: %w", err)
		}
		n.alarms = Standing(recorded)
	}
	var standing, fresh []Alarm
	for _, key := range slices.Sorted(maps.Keys(n.alarms)) {
		standing = append(standing, n.alarms[key])
	}
	over := Recovered(standing, h, now)
	for _, a := range Alarms(h, n.cfg.AlarmThreshold, now) {
		// Right after the start, all checks are old.
		if !a.lasting() && now.Sub(n.started) < n.cfg.AlarmThreshold {
			continue
		}
		if _, known := n.alarms[a.Key]; !known {
			fresh = append(fresh, a)
		}
	}
	var changes []parcel.Change
	for _, a := range slices.Concat(fresh, over) {
		changes = append(changes, a.Change(now))
	}
	if len(changes) > 0 {
		if err := n.source.Tell(ctx, changes); err != nil {
			return fmt.Errorf("record what is broken: %w", err)
		}
	}
	for _, a := range fresh {
		n.alarms[a.Key] = a
	}
	for _, a := range over {
		delete(n.alarms, a.Key)
	}
	n.alert(ctx, fresh, over)
	n.ping(ctx, now)
	return nil
}

// alert tells the channels that mail cannot be sent, and that it can be again.
func (n *Notifier) alert(ctx context.Context, fresh, over []Alarm) {
	if len(n.cfg.Audiences) == 0 {
		return
	}
	for _, a := range fresh {
		n.channels.alarm(ctx, n.cfg.Audiences[0], a.Trouble)
	}
	for _, a := range over {
		if !a.Quiet {
			n.channels.recovered(ctx, n.cfg.Audiences[0], a.Trouble)
		}
	}
}

// ping reports to the dead man's switch that nothing is broken.
func (n *Notifier) ping(ctx context.Context, now time.Time) {
	if n.broken() || n.allWell == nil || now.Sub(n.pinged) < pingEvery {
		return
	}
	n.pinged = now
	limited, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	n.report(ctx, "dead man's switch", n.allWell(limited))
}

// broken reports whether anything does not work. A stranger's mail is not such a thing:
// it must not stop the pings.
func (n *Notifier) broken() bool {
	for _, a := range n.alarms {
		if a.Kind != TroubleSurplus {
			return true
		}
	}
	return false
}

// remind records protections and storage that end soon.
func (n *Notifier) remind(ctx context.Context, now time.Time) error {
	if since := now.Sub(n.reminded); !n.reminded.IsZero() && since >= 0 && since < remindEvery {
		return nil
	}
	from, to := n.cfg.Protection.reminded(now)
	parcels, err := n.source.Remindable(ctx, from, to)
	if err != nil {
		return fmt.Errorf("list parcels: %w", err)
	}
	orders, err := n.source.FollowedOrders(ctx, nil)
	if err != nil {
		return fmt.Errorf("list orders: %w", err)
	}
	zone := time.UTC
	if len(n.cfg.Audiences) > 0 {
		zone = n.cfg.Audiences[0].zone()
	}
	changes := slices.Concat(
		ProtectionEnds(parcels, n.cfg.Protection, zone, now), PickupReminders(parcels, zone, now),
		OrderReminders(orders, n.cfg.Protection, zone, now))
	if len(changes) > 0 {
		if err := n.source.Tell(ctx, changes); err != nil {
			return fmt.Errorf("record reminders: %w", err)
		}
	}
	n.reminded = now
	return nil
}

// serve composes what is due for an audience and returns when to check again.
func (n *Notifier) serve(ctx context.Context, a Audience, now time.Time) (time.Time, error) {
	st, err := n.remember(ctx, a, now)
	if err != nil {
		return time.Time{}, err
	}
	if err := n.renew(ctx, a, st, now); err != nil {
		return time.Time{}, err
	}
	if st.greet {
		if at, err := n.greet(ctx, a, st, now); err != nil || st.greet {
			return at, err
		}
	}
	if n.offered.Load() || st.held {
		// A server that does not take one mail may take another.
		again, err := n.urgent(ctx, a, st, now)
		if err != nil {
			return time.Time{}, err
		}
		if st.held {
			st.owed = nil
			return parcel.Earliest(now.Add(time.Minute), again), nil
		}
	}
	if err := n.scheduled(ctx, a, st, now); err != nil {
		return time.Time{}, err
	}
	again, err := n.urgent(ctx, a, st, now)
	if err != nil {
		return time.Time{}, err
	}
	st.owed = nil
	return parcel.Earliest(a.Schedule.Next(st.slot), again), nil
}

// remember loads an audience's state after a start.
func (n *Notifier) remember(ctx context.Context, a Audience, now time.Time) (*audienceState, error) {
	if st := n.state[a.Name]; st != nil {
		// If the clock was set back, digests must continue.
		if st.slot.After(now) {
			st.slot = now
		}
		return st, nil
	}
	_, made, err := n.outbox.LastSlot(ctx, a.Name)
	if err != nil {
		return nil, fmt.Errorf("read the last digest: %w", err)
	}
	st := &audienceState{slot: made, mailed: made, urgent: made}
	if made.IsZero() {
		st.greet = n.round != nil
		// The first digest is due from the oldest change on; otherwise a machine that is never
		// on at the digest's time would never send one.
		if st.slot, err = n.waitsSince(ctx, a, now); err != nil {
			return nil, err
		}
	}
	if st.slot.After(now) {
		st.slot = now
	}
	n.state[a.Name] = st
	return st, nil
}

// waitsSince returns the time of the oldest change not yet announced to an audience, or
// now.
func (n *Notifier) waitsSince(ctx context.Context, a Audience, now time.Time) (time.Time, error) {
	pending, err := n.outbox.Pending(ctx, a.Name, time.Time{})
	if err != nil {
		return now, fmt.Errorf("list changes to announce: %w", err)
	}
	since := now
	for _, ch := range pending {
		if ch.At.Before(since) {
			since = ch.At
		}
	}
	return since, nil
}

// scheduled makes the regular digest that is due, or was withdrawn, unless it would be
// empty. One digest replaces all missed ones.
func (n *Notifier) scheduled(ctx context.Context, a Audience, st *audienceState, now time.Time) error {
	slot := a.Schedule.Next(st.slot)
	name := a.Schedule.Slot(slot)
	switch due := !slot.IsZero() && !slot.After(now); {
	case due:
	case st.digestOwed():
		name = a.slot(againSlot, now)
	default:
		return nil
	}
	name, err := n.recallFor(ctx, a, st, name, now)
	if err != nil {
		return err
	}
	if st.greet {
		_, err := n.greet(ctx, a, st, now) // the first digest was refused
		return err
	}
	if err := n.regular(ctx, a, st, name, now); err != nil {
		return err
	}
	st.slot = now
	return nil
}

// regular makes the digest of a slot, if there is a reason for one. Most slots have none, and
// only what is pending is read then.
func (n *Notifier) regular(ctx context.Context, a Audience, st *audienceState, slot string, now time.Time) error {
	pending, err := n.outbox.Pending(ctx, a.Name, time.Time{})
	if err != nil {
		return fmt.Errorf("list changes to announce: %w", err)
	}
	wanted := a.Always || a.Weekly && !st.mailed.IsZero() && now.Sub(st.mailed) >= weekly
	if len(pending) == 0 && !wanted {
		return nil
	}
	in, err := n.inputOf(ctx, Input{Audience: a, Changes: pending}, now)
	if err != nil {
		return err
	}
	if n.absence.To.After(st.absent) && now.Sub(n.absence.To) < day {
		in.Absence = n.absence
	}
	in.Outage = st.outage
	d := Compose(in, now)
	if d.Empty() && !wanted {
		return nil
	}
	return n.mail(ctx, a, st, d, slot)
}

// mail stores a digest and passes a regular one to the channels.
func (n *Notifier) mail(ctx context.Context, a Audience, st *audienceState, d Digest, slot string) error {
	_, err := n.enqueue(ctx, a, d, slot, st.owed)
	if errors.Is(err, store.ErrSlotTaken) {
		return nil
	}
	if err != nil {
		return err
	}
	st.mailed, st.owed, st.outage = d.Made, nil, Span{}
	if !d.Urgent {
		st.absent = n.absence.To
	}
	if !d.Urgent && n.first(a) && !strings.HasPrefix(slot, againSlot) {
		n.channels.digest(ctx, a, d)
	}
	return nil
}

// first reports whether a is the audience whose news the channels get.
func (n *Notifier) first(a Audience) bool {
	return a.Name == n.cfg.Audiences[0].Name
}
