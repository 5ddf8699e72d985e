package tracker

import (
	"context"
	"sync"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/internal/rest"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

const (
	// roundLimit is how many due parcels are taken up at a time.
	roundLimit = 1000
	// longestNap bounds every wait: after a suspend the wall clock has moved and
	// timers have not, and other processes write to the same store.
	longestNap = time.Minute
	// backlogNap is the wait while everything due is under way already: its time
	// stays in the past until it is answered.
	backlogNap = 15 * time.Second
)

// visit is one parcel's turn: it ends when all its asks have ended.
type visit struct {
	id       int64
	open     int
	rides    bool // along in others' calls; its own turn comes at its time
	answered bool
	until    time.Time // the earliest moment a carrier that was not asked can be
}

// job is one number to ask one carrier about.
type job struct {
	visit *visit
	ask   carriers.Ask
	asked time.Time // when it was last asked; the longest ago goes first
}

// outcome is how a job ended.
type outcome struct {
	job
	result carriers.Result
}

// poll is the state of one Run. Only its goroutine touches visits.
type poll struct {
	*Tracker
	history History
	visits  map[int64]*visit
	queues  map[string]*queue
	ready   map[string][]job // of this round, by carrier
	done    chan outcome
}

// Run asks carriers about due parcels until the context ends, and waits for
// every question under way to end. Each carrier has one goroutine, so that a
// slow one does not hold up the others.
func (t *Tracker) Run(ctx context.Context) error {
	p := &poll{Tracker: t, visits: map[int64]*visit{}, queues: map[string]*queue{}, ready: map[string][]job{}, done: make(chan outcome)}
	var workers sync.WaitGroup
	for name, a := range t.askers {
		q := newQueue()
		p.queues[name] = q
		workers.Go(func() { p.work(ctx, a, q) })
	}
	defer workers.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var pause rest.Rest
	for {
		select {
		case <-ctx.Done():
			return nil
		case o := <-p.done:
			p.finish(ctx, o)
			continue
		case <-t.wake:
			if left := pause.Left(time.Now()); left > 0 {
				timer.Reset(left)
				continue
			}
		case <-timer.C:
		}
		began := time.Now()
		wait := p.round(ctx)
		pause.After(began, time.Now())
		timer.Reset(wait)
	}
}

// round starts a visit for every due parcel that has none, and returns how long
// nothing is due.
func (p *poll) round(ctx context.Context) time.Duration {
	now := p.cfg.Now()
	due, err := p.store.Due(ctx, now, roundLimit, p.underWay)
	if err != nil {
		p.failed(ctx, "list due parcels", err)
		return longestNap
	}
	if len(due) > 0 {
		if p.history, err = p.store.Journeys(ctx); err != nil {
			p.failed(ctx, "read earlier journeys", err)
			return longestNap
		}
	}
	for _, one := range due {
		p.start(ctx, one, now)
	}
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

// underWay reports whether a parcel is being asked about: it stays due until it
// is answered.
func (p *poll) underWay(id int64) bool { return p.visits[id] != nil }

// start queues the asks of one parcel, or closes the visit at once where nobody
// is to be asked.
func (p *poll) start(ctx context.Context, one parcel.Parcel, now time.Time) {
	v := &visit{id: one.ID}
	for _, ask := range p.cfg.Plan(one, now) {
		if ask.Skip != "" || p.queues[ask.Carrier] == nil {
			continue
		}
		v.open++
		p.ready[ask.Carrier] = append(p.ready[ask.Carrier], job{visit: v, ask: ask, asked: one.Source(ask.Carrier, ask.Number).Asked})
	}
	if v.open == 0 {
		p.close(ctx, v, nil)
		return
	}
	p.visits[one.ID] = v
}

// work asks one carrier, as many numbers in a call as it takes, until the
// context ends.
func (p *poll) work(ctx context.Context, a Asker, q *queue) {
	info := a.Info()
	for {
		jobs, ok := q.take(ctx, max(info.Batch, 1))
		if !ok {
			return
		}
		numbers := make([]number.Number, len(jobs))
		for i, j := range jobs {
			numbers[i] = j.ask.Number
		}
		results, err := a.Track(ctx, numbers)
		if ctx.Err() != nil {
			return
		}
		p.cfg.Log.DebugContext(ctx, "carrier asked", "carrier", info.Name, "numbers", len(numbers))
		for i, j := range jobs {
			o := outcome{job: j, result: carriers.Result{Number: j.ask.Number, Err: err}}
			if err == nil {
				o.result = results[i]
			}
			select {
			case p.done <- o:
			case <-ctx.Done():
				return
			}
		}
	}
}

// finish records one outcome and closes the visit with the last one.
func (p *poll) finish(ctx context.Context, o outcome) {
	o.visit.open--
	var asked []carriers.Asked
	if until, notNow := carriers.NotNowUntil(o.result.Err); notNow {
		o.visit.until = earliest(o.visit.until, until)
	} else {
		o.visit.answered = true
		asked = []carriers.Asked{{
			Ask: o.ask, Result: carriers.ResultOf(o.result.Err), Tracking: o.result.Tracking, Err: o.result.Err,
		}}
	}
	if o.visit.open == 0 {
		delete(p.visits, o.visit.id)
	}
	if o.visit.open == 0 && !o.visit.rides {
		p.close(ctx, o.visit, asked)
		return
	}
	if len(asked) > 0 {
		p.record(ctx, o.visit.id, asked, nil)
	}
}

// close records the last answers of a visit and when the parcel's next turn is.
func (p *poll) close(ctx context.Context, v *visit, asked []carriers.Asked) {
	p.record(ctx, v.id, asked, func(one *parcel.Parcel, h History, now time.Time) {
		one.NextCheck, one.Reason = NextCheck(one, h, p.cfg.Zone, now)
		if !v.answered && !v.until.IsZero() && !one.NextCheck.IsZero() && v.until.After(now) {
			one.NextCheck, one.Reason = v.until, "waits_for_carrier"
		}
	})
}

func (p *poll) record(ctx context.Context, id int64, asked []carriers.Asked, then func(*parcel.Parcel, History, time.Time)) {
	now := p.cfg.Now()
	scope := store.Scope{Parcels: []int64{id}, Now: now}
	for _, a := range asked {
		for _, alias := range a.Tracking.Aliases {
			scope.Numbers = append(scope.Numbers, alias.Number)
		}
	}
	told := false
	err := p.store.Apply(ctx, scope, func(s *store.State) error {
		one := absorb(s, id, asked, basis{p.cfg.Rules, p.history}, now)
		if one != nil && then != nil {
			then(one, p.history, now)
		}
		told = len(s.Changes) > 0
		return nil
	})
	if err != nil {
		p.failed(ctx, "record what carriers answered", err)
		return
	}
	p.cfg.Log.DebugContext(ctx, "answers recorded", "parcel", id, "answers", len(asked), "news", told)
	if told {
		p.cfg.OnChange()
	}
}

// failed logs what could not be done; the store's trouble is the only one here,
// and it is tried again with the next round.
func (p *poll) failed(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		p.cfg.Log.ErrorContext(ctx, "poll failed", "doing", doing, "err", err)
	}
}

// earliest is the earlier of two times, where zero is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
