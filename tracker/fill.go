package tracker

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

const (
	// soon is how much before its time a number may ride along: a call is one
	// call, whether it is about one number or about ten.
	soon = 3 * time.Hour
	// riders bounds how many parcels are looked at for that.
	riders = 60
)

// fill puts numbers whose time comes soon into the free seats of this round's
// calls, then hands the calls to the carriers. It makes no call more, and most
// of the riders' own one less: a number is not asked about twice within its
// carrier's time.
func (p *poll) fill(ctx context.Context, now time.Time) {
	if p.seats() {
		near, err := p.store.Due(ctx, now.Add(soon), riders, p.underWay)
		if err != nil {
			p.failed(ctx, "list parcels due soon", err)
		}
		for _, one := range near {
			if one.NextCheck.After(now) {
				p.ride(one, now)
			}
		}
	}
	for carrier, jobs := range p.ready {
		p.queues[carrier].put(jobs...)
	}
	clear(p.ready)
}

// ride takes one parcel along in the calls that have room.
func (p *poll) ride(one parcel.Parcel, now time.Time) {
	v := &visit{id: one.ID, piggybacked: true}
	for _, a := range p.engine.next(v, p.engine.Plan(one, now)) {
		if p.free(a.Carrier) > 0 {
			p.ready[a.Carrier] = append(p.ready[a.Carrier], v.add(a, one.Source(a.Carrier, a.Number).Asked))
		}
	}
	if v.open > 0 {
		p.visits[one.ID] = v
	}
}

// seats reports whether any call of this round has room.
func (p *poll) seats() bool {
	for carrier := range p.ready {
		if p.free(carrier) > 0 {
			return true
		}
	}
	return false
}

// free is the room in the last of this round's calls to a carrier; none where it
// is not called.
func (p *poll) free(carrier string) int {
	jobs, batch := len(p.ready[carrier]), p.engine.Askers[carrier].Info().Batch
	if jobs == 0 || batch <= 1 {
		return 0
	}
	return (batch - jobs%batch) % batch
}
