package tracker

import (
	"context"
	"errors"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

const (
	// followTime bounds a visit of an interactive command, which also has to print
	// it.
	followTime = 26 * time.Second
	// followTurn is how long one lookup of that visit may wait for its turn.
	followTurn = 10 * time.Second
	// followNumbers bounds how many numbers the answers can add to a parcel.
	followNumbers = 12
)

// Follow makes one visit to a parcel now, within half a minute: it makes the asks
// of the plan, then those that follow from the answers (another number, a parcel
// that turns out to be abroad). It returns the updated parcel and the outcome of
// each ask, including the skipped ones. seen, if not nil, is called as each lookup
// ends. The error is a failure of the ledger; the results so far are returned with
// it.
func (e *Engine) Follow(ctx context.Context, p parcel.Parcel, seen func(carriers.Asked)) (parcel.Parcel, []carriers.Asked, error) {
	ctx, cancel := context.WithTimeout(ctx, followTime)
	defer cancel()
	p.Links, p.Sources = slices.Clone(p.Links), slices.Clone(p.Sources)
	v := &visit{}
	var plan []carriers.Ask
	for {
		plan = e.Plan(p, e.Now())
		asks, before := e.next(v, plan), len(v.asked)
		if len(asks) == 0 || ctx.Err() != nil {
			break
		}
		v.rounds++
		err := e.ask(ctx, v, asks, followTurn, seen)
		for _, a := range v.asked[before:] {
			Record(&p, a, e.Now())
		}
		p.Settle(e.Home, e.Now())
		if err != nil {
			return p, v.asked, err
		}
	}
	for _, a := range plan {
		if a.Skip != "" && !v.has(a) {
			v.asked = append(v.asked, carriers.Asked{Ask: a, Result: a.Skip})
		}
	}
	return p, v.asked, nil
}

// Record adds the outcome of one ask to the parcel: the source's timeline or its
// failure, and other numbers that the carrier reports. An ask that the plan or a
// keeper skipped changes nothing.
func Record(p *parcel.Parcel, a carriers.Asked, now time.Time) {
	if a.Skip != "" || errors.Is(a.Err, carriers.ErrNotNow) || errors.Is(a.Err, carriers.ErrUnknown) {
		return
	}
	src := p.Source(a.Carrier, a.Number)
	src.Asked, src.Result, src.Error = now, a.Result, ""
	if a.Err != nil {
		src.Error = a.Err.Error()
		return
	}
	src.Update(a.Tracking, now)
	for _, alias := range a.Tracking.Aliases {
		if len(p.Links) < followNumbers {
			p.AddLink(parcel.Link{Number: alias.Number, Since: now, Reason: alias.Field, Certainty: parcel.Certain})
		}
	}
}
