package tracker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/internal/apart"
	"parcelwatch/internal/throttle"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	// roundLimit bounds how many due parcels are read at a time.
	roundLimit = 1000
	// longestNap bounds every wait: timers stop while the machine is suspended, and
	// other processes write to the same store.
	longestNap = time.Minute
	// backlogNap is the wait while every due parcel has a visit: it stays due until
	// the visit ends.
	backlogNap = 15 * time.Second
	// receiveGap is how much later than the household that has asked another one asks:
	// both have the same schedule.
	receiveGap = 15 * time.Minute
	// historyAge is how old the earlier journeys may be that schedules are made from.
	historyAge = time.Hour
	// turn is how long a call may wait for its turn.
	turn = 90 * time.Second
)

// poll is the state of one Run. visits is used only by its goroutine.
type poll struct {
	*Tracker
	history  History
	recalled time.Time // when history was read
	visits   map[int64]*visit
	queues   map[string]*queue
	ready    map[string][]job               // of this round, by carrier
	work     func(carrier string, q *queue) // starts a worker
	done     chan outcome
}

func newPoll(t *Tracker) *poll {
	return &poll{
		Tracker: t, visits: map[int64]*visit{}, queues: map[string]*queue{}, ready: map[string][]job{}, done: make(chan outcome),
	}
}

// put queues jobs of one carrier.
func (p *poll) put(carrier string, jobs ...job) {
	q := p.queues[carrier]
	if q == nil {
		q = &queue{}
		p.queues[carrier] = q
	}
	if q.put(jobs...) {
		p.work(carrier, q)
	}
}

// Run asks carriers about due parcels until the context ends, and waits for its
// workers. Each carrier has a separate worker while it is asked, so that a slow one does
// not delay the others.
func (t *Tracker) Run(ctx context.Context) error {
	p := newPoll(t)
	end := func(o outcome) {
		select {
		case p.done <- o:
		case <-ctx.Done():
		}
	}
	var workers sync.WaitGroup
	defer workers.Wait()
	p.work = func(carrier string, q *queue) {
		workers.Go(func() { work(ctx, t.engine.Askers[carrier], q, turn, end) })
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	var pause throttle.Throttle
	apart.Run(func() {
		if err := p.regain(ctx, t.cfg.Now()); err != nil {
			p.failed(ctx, "look for new credentials", err)
		}
	})
	for {
		select {
		case <-ctx.Done():
			return nil
		case o := <-p.done:
			apart.Run(func() { p.finish(ctx, o) })
			continue
		case <-t.wake:
			if left := pause.Left(time.Now()); left > 0 {
				timer.Reset(left)
				continue
			}
		case <-timer.C:
		}
		began := time.Now()
		var wait time.Duration
		apart.Run(func() { wait = p.round(ctx) })
		pause.After(began, time.Now())
		timer.Reset(wait)
	}
}

// round starts a visit for every due parcel that has none. It returns how long to
// wait for the next round.
func (p *poll) round(ctx context.Context) time.Duration {
	now := p.cfg.Now()
	due, err := p.store.Due(ctx, now, roundLimit, p.underWay)
	if err != nil {
		p.failed(ctx, "list due parcels", err)
		return longestNap
	}
	if age := now.Sub(p.recalled); len(due) > 0 && (age < 0 || age >= historyAge) {
		if p.history, err = p.store.Journeys(ctx); err != nil {
			p.failed(ctx, "read earlier journeys", err)
			return longestNap
		}
		p.recalled = now
	}
	var ended []*record
	for _, one := range due {
		if r, done := p.start(one, now); done {
			ended = append(ended, r)
		}
	}
	p.record(ctx, ended...)
	p.fill(ctx, now)
	next, err := p.store.NextDue(ctx)
	if err != nil {
		p.failed(ctx, "tell what is due next", err)
		return longestNap
	}
	switch wait := next.Sub(now); {
	case next.IsZero() || wait >= longestNap:
		return longestNap
	case wait <= 0 && len(due) < roundLimit:
		return backlogNap
	default:
		return max(wait, time.Second)
	}
}

// underWay reports whether a parcel has a visit.
func (p *poll) underWay(id int64) bool { return p.visits[id] != nil }

// start starts the visit of a due parcel. If no carrier is asked, the visit has ended, and
// start returns what is to be recorded.
func (p *poll) start(one parcel.Parcel, now time.Time) (r *record, ended bool) {
	v := &visit{id: one.ID, orders: one.Orders, unverified: one.Unverified, rank: rank(&one, p.history, p.cfg.Zone, now)}
	for _, j := range p.jobs(v, &one, p.engine.Plan(one, now)) {
		p.ready[j.ask.Carrier] = append(p.ready[j.ask.Carrier], j)
	}
	if v.open > 0 {
		p.visits[one.ID] = v
		return nil, false
	}
	if one.Reason == byMail {
		v.until = soonest(p.engine.Plan(one, now))
	}
	return p.newRecord(v, nil), true
}

// soonest returns when one of the carriers that were asked too recently can be asked
// again; zero if there is none.
func soonest(plan []carriers.Ask) time.Time {
	var next time.Time
	for _, a := range plan {
		next = parcel.Earliest(next, a.Again)
	}
	return next
}

// jobs starts the next round of a visit: one job for each ask of the plan that the
// visit has not made.
func (p *poll) jobs(v *visit, one *parcel.Parcel, plan []carriers.Ask) []job {
	var out []job
	for _, a := range p.next(v, plan) {
		out = append(out, v.add(a, one.Source(a.Carrier, a.Number).Asked))
	}
	v.rounds++
	return out
}

// next returns the asks of a visit's next round: of what the visit has learned, new
// numbers, and carriers that it makes worth asking. A number that the visit began
// with goes only to carriers that are asked about nothing else.
func (p *poll) next(v *visit, plan []carriers.Ask) []carriers.Ask {
	return slices.DeleteFunc(p.engine.next(v, plan), func(a carriers.Ask) bool {
		return v.knows(a.Number) && (v.asks(a.Carrier) || slices.ContainsFunc(plan, func(b carriers.Ask) bool {
			return b.Carrier == a.Carrier && b.Skip == "" && !v.knows(b.Number)
		}))
	})
}

// finish records one outcome and, with the last one of a round, starts the next
// round or ends the visit.
func (p *poll) finish(ctx context.Context, o outcome) {
	v := o.visit
	a := v.end(o)
	p.cfg.Log.DebugContext(ctx, "carrier asked", "carrier", a.Carrier, "result", a.Result)
	if v.open == 0 {
		delete(p.visits, v.id)
	}
	if a.Result == parcel.ResultSkipped && (v.open > 0 || v.piggybacked) {
		return
	}
	p.record(ctx, p.newRecord(v, []carriers.Asked{a}))
}

// nextCheck returns the parcel's next check by its schedule, or, if no carrier
// could be asked, the time when one can.
func (p *poll) nextCheck(v *visit, one *parcel.Parcel, now time.Time) (time.Time, string) {
	next, reason := NextCheck(one, p.history, p.cfg.Zone, now)
	if !v.answered && v.until.After(now) && !next.IsZero() {
		return v.until, "waits_for_carrier"
	}
	return next, reason
}

// failed logs an error of the store. The next round tries again.
func (p *poll) failed(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		p.cfg.Log.ErrorContext(ctx, "poll failed", "doing", doing, "err", err)
	}
}

// Receive records an answer that a carrier gave to another household which follows the same
// number. The next check of the parcel is then a little further off than it would be if it
// had been asked about here. Without such a parcel, nothing happens.
func (t *Tracker) Receive(ctx context.Context, a carriers.Asked) error {
	one, err := t.store.ParcelByNumber(ctx, a.Number)
	if errors.Is(err, parcel.ErrNotFound) || err == nil && (one.Closed || one.Status.Final()) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("tracker: find the parcel of an answer: %w", err)
	}
	history, err := t.store.Journeys(ctx)
	if err != nil {
		return fmt.Errorf("tracker: read earlier journeys: %w", err)
	}
	now := t.cfg.Now()
	scope := store.Scope{Parcels: []int64{one.ID}, Numbers: aliases(a), Now: now}
	if delivers(a) {
		scope.Orders = one.Orders
	}
	news := false
	err = t.store.Apply(ctx, scope, func(s *store.State) error {
		p := absorb(s, one.ID, []carriers.Asked{a}, basis{Home: t.cfg.Home, History: history, Unasked: t.engine.Unasked}, now)
		if p != nil {
			switch next, reason := NextCheck(p, history, t.cfg.Zone, now); {
			case next.IsZero():
				p.NextCheck, p.Reason = next, reason
			case next.Add(receiveGap).After(p.NextCheck):
				p.NextCheck, p.Reason = next.Add(receiveGap), reason
			}
		}
		news = len(s.Changes) > 0
		return nil
	})
	if err != nil {
		return fmt.Errorf("tracker: record an answer: %w", err)
	}
	if news {
		t.cfg.OnChange()
	}
	return nil
}
