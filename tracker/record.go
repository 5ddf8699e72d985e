package tracker

import (
	"context"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// together is how many records are stored in one transaction.
const together = 64

// record is what answers of a visit change. After the last answer of a round it has the
// asks of the next round, or sets the parcel's next check if nothing is left to ask. A
// piggybacked visit does not change the next check.
type record struct {
	poll  *poll
	visit *visit
	asked []carriers.Asked
	now   time.Time

	// What was decided.
	one  *parcel.Parcel
	plan []carriers.Ask
	news bool
}

func (p *poll) newRecord(v *visit, asked []carriers.Asked) *record {
	return &record{poll: p, visit: v, asked: asked, now: p.cfg.Now()}
}

func (r *record) decision() store.Decision {
	scope := store.Scope{Parcels: []int64{r.visit.id}, Now: r.now}
	for _, a := range r.asked {
		scope.Numbers = append(scope.Numbers, aliases(a)...)
		if delivers(a) {
			scope.Orders = r.visit.orders
		}
	}
	return store.Decision{Scope: scope, Decide: r.decide}
}

func (r *record) decide(s *store.State) error {
	p, v := r.poll, r.visit
	r.plan = nil
	r.one = absorb(s, v.id, r.asked, basis{p.cfg.Home, p.history, p.engine.Unasked, r.more}, r.now)
	if r.one != nil && v.open == 0 && !v.piggybacked && len(r.plan) == 0 {
		r.one.NextCheck, r.one.Reason = p.nextCheck(v, r.one, r.now)
	}
	r.news = len(s.Changes) > 0
	return nil
}

// more reports whether more answers about the parcel are to come.
func (r *record) more(one *parcel.Parcel) bool {
	if r.visit.open == 0 && !r.visit.piggybacked {
		r.plan = r.poll.next(r.visit, r.poll.engine.Plan(*one, r.now))
	}
	return r.visit.open > 0 || len(r.plan) > 0
}

// record stores records. One that cannot be stored is left out, and so are all others if the
// store cannot be used: their parcels stay due.
func (p *poll) record(ctx context.Context, records ...*record) {
	for chunk := range slices.Chunk(records, together) {
		for len(chunk) > 0 && ctx.Err() == nil {
			decisions := make([]store.Decision, len(chunk))
			for i, r := range chunk {
				decisions[i] = r.decision()
			}
			stored, err := p.store.ApplyAll(ctx, decisions)
			for _, r := range chunk[:stored] {
				p.recorded(ctx, r)
			}
			if chunk = chunk[stored:]; err != nil {
				p.failed(ctx, "record what carriers answered", err)
				if store.Unusable(err) {
					return
				}
				chunk = chunk[1:]
			}
		}
	}
}

// recorded starts the next round of a visit after its record is stored, and tells of news.
func (p *poll) recorded(ctx context.Context, r *record) {
	p.cfg.Log.DebugContext(ctx, "answers recorded", "parcel", r.visit.id, "answers", len(r.asked), "news", r.news)
	for _, a := range r.asked {
		if a.Result == parcel.ResultOK || a.Result == parcel.ResultNotFound {
			p.cfg.OnAnswer(ctx, a)
		}
	}
	for _, j := range p.jobs(r.visit, r.one, r.plan) {
		p.visits[r.visit.id] = r.visit
		p.put(j.ask.Carrier, j)
	}
	if r.news {
		p.cfg.Log.InfoContext(ctx, "parcel has news", "parcel", r.visit.id, "status", r.one.Status)
		p.cfg.OnChange()
	}
}

func aliases(a carriers.Asked) (out []number.Number) {
	for _, alias := range a.Tracking.Aliases {
		out = append(out, alias.Number)
	}
	return out
}

func delivers(a carriers.Asked) bool {
	return slices.ContainsFunc(a.Tracking.Events, func(e parcel.Event) bool { return e.Status == parcel.Delivered })
}
