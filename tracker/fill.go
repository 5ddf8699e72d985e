package tracker

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

const (
	// soon is how long before its next check a number may be piggybacked: a call
	// costs the same for one number as for ten.
	soon = 3 * time.Hour
	// candidates bounds how many parcels are considered for piggybacking.
	candidates = 60
)

// fill adds numbers that are due soon to calls of this round that have room, then
// queues the calls. It adds no call and saves most of the later ones, because a
// number is not asked about again within the carrier's interval for it.
func (p *poll) fill(ctx context.Context, now time.Time) {
	if p.room() {
		near, err := p.store.Due(ctx, now.Add(soon), candidates, p.underWay)
		if err != nil {
			p.failed(ctx, "list parcels due soon", err)
		}
		for _, one := range near {
			if one.NextCheck.After(now) {
				p.piggyback(one, now)
			}
		}
	}
	for carrier, jobs := range p.ready {
		p.put(carrier, jobs...)
	}
	clear(p.ready)
}

// piggyback adds one parcel to the calls that have room.
func (p *poll) piggyback(one parcel.Parcel, now time.Time) {
	v := &visit{id: one.ID, orders: one.Orders, unverified: one.Unverified, piggybacked: true, rank: carriers.RankRest}
	for _, a := range p.engine.next(v, p.engine.Plan(one, now)) {
		if p.free(a.Carrier) > 0 {
			p.ready[a.Carrier] = append(p.ready[a.Carrier], v.add(a, one.Source(a.Carrier, a.Number).Asked))
		}
	}
	if v.open > 0 {
		p.visits[one.ID] = v
	}
}

// room reports whether any call of this round has room.
func (p *poll) room() bool {
	for carrier := range p.ready {
		if p.free(carrier) > 0 {
			return true
		}
	}
	return false
}

// free returns how many numbers fit into the last of this round's calls to a
// carrier, or 0 if there is none.
func (p *poll) free(carrier string) int {
	jobs, batch := len(p.ready[carrier]), p.engine.Askers[carrier].Info().Batch
	if jobs == 0 || batch <= 1 {
		return 0
	}
	return (batch - jobs%batch) % batch
}
