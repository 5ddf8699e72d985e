package tracker

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// Asker is one carrier as the engine uses it: paced, budgeted and guarded by a
// circuit breaker (see [carriers.Keeper]). An error that wraps [carriers.ErrNotNow]
// means that the carrier was not called.
type Asker interface {
	Info() carriers.Info
	Track(ctx context.Context, turn carriers.Turn, numbers []number.Number) ([]carriers.Result, error)
}

// Planner returns the carriers to ask about a parcel; see [Plan].
type Planner func(p parcel.Parcel, now time.Time) []carriers.Ask

// Engine plans which carriers are asked about a parcel, and asks them. The daemon
// ([Tracker.Run]) and the commands ([Engine.Follow], [Engine.Ask]) share it.
type Engine struct {
	Plan Planner
	// Unasked tells whose silence about a parcel means nothing; nil if everybody's
	// means something.
	Unasked
	Askers map[string]Asker // by carrier name
	Home   string           // ISO country where parcels usually arrive; empty if not configured
	Now    func() time.Time
}

// NewEngine returns an engine for every carrier of the set that is enabled and has
// its credential. Calls go through a [carriers.Keeper] over the ledger.
func NewEngine(set *carriers.Set, home string, l store.Ledger, now func() time.Time, log *slog.Logger) *Engine {
	v := View{Members: set.Members(), Home: home}
	e := &Engine{
		Plan:    func(p parcel.Parcel, now time.Time) []carriers.Ask { return Plan(p, v, now) },
		Unasked: func(p *parcel.Parcel, since time.Time) parcel.Unasked { return unasked(p, v, since) },
		Askers:  make(map[string]Asker), Home: home, Now: now,
	}
	for _, c := range set.Carriers() {
		e.Askers[c.Info().Name] = carriers.NewKeeper(c, l, now, log)
	}
	return e
}

// Ask makes the asks, all carriers at once. Each call waits at most wait for its
// turn. There is one Asked for each Ask, in the same order. seen, if not nil, is
// called as each ends, one at a time. The error is a failure of the ledger.
func (e *Engine) Ask(ctx context.Context, asks []carriers.Ask, wait time.Duration, seen func(carriers.Asked)) ([]carriers.Asked, error) {
	v := &visit{}
	err := e.ask(ctx, v, asks, wait, seen)
	return v.asked, err
}

// ask adds the asks to the visit and waits for all of them.
func (e *Engine) ask(ctx context.Context, v *visit, asks []carriers.Ask, wait time.Duration, seen func(carriers.Asked)) error {
	var mu sync.Mutex
	var failure error
	end := func(o outcome) {
		mu.Lock()
		defer mu.Unlock()
		if o.failure != nil {
			failure = o.failure
		}
		asked := v.end(o)
		if seen != nil {
			seen(asked)
		}
	}
	jobs := make(map[string][]job)
	for _, a := range asks {
		j := v.add(a, time.Time{})
		if a.Skip != "" || e.Askers[a.Carrier] == nil {
			end(outcome{job: j, result: carriers.Result{Err: carriers.ErrUnknown}})
			continue
		}
		jobs[a.Carrier] = append(jobs[a.Carrier], j)
	}
	var workers sync.WaitGroup
	for name, mine := range jobs {
		q := &queue{}
		q.put(mine...)
		workers.Go(func() { work(ctx, e.Askers[name], q, wait, end) })
	}
	workers.Wait()
	return failure
}

// work asks one carrier about the jobs of its queue, as many per call as it takes,
// until the queue is empty. After the end of the context, every call fails at once.
func work(ctx context.Context, a Asker, q *queue, wait time.Duration, end func(outcome)) {
	batch := max(a.Info().Batch, 1)
	for jobs := q.take(batch); len(jobs) > 0; jobs = q.take(batch) {
		numbers := make([]number.Number, len(jobs))
		for i, j := range jobs {
			numbers[i] = j.ask.Number
		}
		results, err := a.Track(ctx, carriers.Turn{Wait: wait, Share: jobs[0].visit.share(), Rank: jobs[0].visit.rank}, numbers)
		for i, j := range jobs {
			o := outcome{job: j, result: carriers.Result{Number: j.ask.Number, Err: err}, failure: err}
			if err == nil {
				o.result = results[i]
			}
			end(o)
		}
	}
}
