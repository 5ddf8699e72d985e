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
	// followTime bounds all that a person waits for, with room to print it.
	followTime = 26 * time.Second
	// followTurn is how long one lookup may wait for its turn meanwhile.
	followTurn = 10 * time.Second
	// followRounds: the number, the number it turned into, and what that needs.
	followRounds = 3
	// followNumbers bounds what an answer of nonsense can make of a parcel.
	followNumbers = 12
)

// Follow asks about a parcel now, for a person who waits: what the plan says,
// then what follows from the answers (another number, a parcel that turns out
// to be abroad), all within half a minute whatever the carriers do. It returns
// the parcel with what was learned and how each ask ended, skipped ones
// included. seen, if there is one, is called as each lookup ends. The error is a
// failure of the ledger; what was learned until then stands.
func (k *Keepers) Follow(ctx context.Context, p parcel.Parcel, v View, seen func(carriers.Asked)) (parcel.Parcel, []carriers.Asked, error) {
	ctx, cancel := context.WithTimeout(ctx, followTime)
	defer cancel()
	p.Links, p.Sources = slices.Clone(p.Links), slices.Clone(p.Sources)
	var done []carriers.Asked
	var last []carriers.Ask
	for range followRounds {
		last = Plan(p, v, k.now())
		asks := slices.DeleteFunc(slices.Clone(last), func(a carriers.Ask) bool {
			return a.Skip != "" || among(done, a)
		})
		if len(asks) == 0 || ctx.Err() != nil {
			break
		}
		asked, err := k.Ask(ctx, asks, followTurn, seen)
		done = append(done, asked...)
		for _, a := range asked {
			Record(&p, a, k.now())
		}
		p.Settle(v.Home, k.now())
		if err != nil {
			return p, done, err
		}
	}
	for _, a := range last {
		if a.Skip != "" && !among(done, a) {
			done = append(done, carriers.Asked{Ask: a, Result: a.Skip})
		}
	}
	return p, done, nil
}

// Record puts on the parcel what one ask has brought: the source's timeline, or
// its failure, and other numbers on the carrier's word. An ask that was skipped,
// by the plan or by a keeper, leaves no trace.
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

func among(done []carriers.Asked, a carriers.Ask) bool {
	return slices.ContainsFunc(done, func(d carriers.Asked) bool { return d.Carrier == a.Carrier && d.Number == a.Number })
}
