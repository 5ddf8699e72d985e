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
	remindEvery = time.Hour // interval of checking for protections and storage that end soon
	weekly      = 7*day - time.Hour
	pingEvery   = 30 * time.Second // minimum interval of pings to the dead man's switch
)

// look records alarms and reminders, then composes the digests that are due. It returns
// when the next one is due. After a start or a sleep, carriers are asked first.
func (n *Notifier) look(ctx context.Context) time.Time {
	now := n.now()
	n.notice(now)
	n.report(ctx, "alarms", n.watch(ctx, now))
	settled, err := n.settled(ctx, now)
	n.report(ctx, "first round", err)
	if !settled {
		return now.Add(askPause)
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
		if len(n.cfg.Audiences) > 0 {
			n.channels.alarm(ctx, n.cfg.Audiences[0], a.Trouble)
		}
	}
	for _, a := range over {
		delete(n.alarms, a.Key)
	}
	n.ping(ctx, now)
	return nil
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
	if held, err := n.hold(ctx, a, st); err != nil || held {
		return now.Add(time.Minute), err
	}
	if st.greet {
		if at, err := n.greet(ctx, a, st, now); err != nil || st.greet {
			return at, err
		}
	}
	if slot := a.Schedule.Next(st.slot); !slot.IsZero() && !slot.After(now) {
		if err := n.scheduled(ctx, a, st, slot, now); err != nil {
			return time.Time{}, err
		}
		// One digest replaces all missed ones.
		st.slot = now
	}
	again, err := n.urgent(ctx, a, st, now)
	if err != nil {
		return time.Time{}, err
	}
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

// scheduled makes the regular digest of a slot unless it would be empty.
func (n *Notifier) scheduled(ctx context.Context, a Audience, st *audienceState, slot, now time.Time) error {
	in, err := n.input(ctx, a, now)
	if err != nil {
		return err
	}
	if n.absence.To.After(st.absent) && now.Sub(n.absence.To) < day {
		in.Absence = n.absence
	}
	if !st.held.IsZero() && now.Sub(st.held) >= leastOutage {
		in.Outage = Span{st.held, now}
	}
	d := Compose(in, now)
	quiet := a.Weekly && !st.mailed.IsZero() && now.Sub(st.mailed) >= weekly
	if d.Empty() && !a.Always && !quiet {
		return nil
	}
	return n.mail(ctx, a, st, d, a.Schedule.Slot(slot))
}

// mail stores a digest and passes a regular one to the channels.
func (n *Notifier) mail(ctx context.Context, a Audience, st *audienceState, d Digest, slot string) error {
	_, err := n.enqueue(ctx, a, d, slot)
	if errors.Is(err, store.ErrSlotTaken) {
		return nil
	}
	if err != nil {
		return err
	}
	st.mailed = d.Made
	if !d.Urgent {
		st.absent, st.held = n.absence.To, time.Time{}
	}
	if !d.Urgent && n.first(a) {
		n.channels.digest(ctx, a, d)
	}
	return nil
}

// first reports whether a is the audience whose news the channels get.
func (n *Notifier) first(a Audience) bool {
	return a.Name == n.cfg.Audiences[0].Name
}

// notifyChannels passes urgent changes to the channels, outside the quiet hours of
// the first audience. Each channel is an audience of its own: what a digest has
// announced is still news for it.
func (n *Notifier) notifyChannels(ctx context.Context, now time.Time) error {
	if len(n.channels.all) == 0 || len(n.cfg.Audiences) == 0 {
		return nil
	}
	a := n.cfg.Audiences[0]
	if !a.Quiet.Until(now, a.zone()).IsZero() {
		return nil
	}
	for _, sub := range n.channels.all {
		if !n.channels.free(sub.Channel.Name(), now) {
			continue
		}
		if err := n.notifyChannel(ctx, a, sub, now); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) notifyChannel(ctx context.Context, a Audience, sub Subscription, now time.Time) error {
	audience := channelAudience(sub.Channel.Name())
	pending, err := n.outbox.Pending(ctx, audience, now.Add(-channelHorizon))
	if err != nil {
		return fmt.Errorf("list changes to announce: %w", err)
	}
	urgent := Urgent(pending, sub.Urgent)
	if len(urgent) == 0 {
		return nil
	}
	in, err := n.inputOf(ctx, Input{Audience: a, Changes: pending}, now)
	if err != nil {
		return err
	}
	d := Compose(urgentInput(in, urgent), now)
	if d.Empty() {
		return n.outbox.Announced(ctx, audience, d.Told)
	}
	n.channels.brief(ctx, sub.Channel, a, d, d.Told)
	return nil
}

// urgent makes an urgent digest, at most one in ten minutes and none in quiet hours. If
// it may not make one now, it returns when it may.
func (n *Notifier) urgent(ctx context.Context, a Audience, st *audienceState, now time.Time) (time.Time, error) {
	pending, err := n.outbox.Pending(ctx, a.Name, time.Time{})
	if err != nil {
		return time.Time{}, fmt.Errorf("list changes to announce: %w", err)
	}
	changes := Urgent(pending, a.Urgent)
	if len(changes) == 0 {
		return time.Time{}, nil
	}
	if end := a.Quiet.Until(now, a.zone()); !end.IsZero() {
		return end, nil
	}
	if free := st.urgent.Add(urgentPause); !st.urgent.After(now) && free.After(now) {
		return free, nil
	}
	in, err := n.input(ctx, a, now)
	if err != nil {
		return time.Time{}, err
	}
	if changes = standingUrgent(in, changes); len(changes) == 0 {
		return time.Time{}, nil
	}
	d := Compose(urgentInput(in, changes), now)
	if d.Empty() {
		return time.Time{}, nil
	}
	if err := n.mail(ctx, a, st, d, "urgent "+now.In(a.zone()).Format(time.DateTime)); err != nil {
		return time.Time{}, err
	}
	st.urgent = now
	return time.Time{}, nil
}
