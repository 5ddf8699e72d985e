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

// Keepers are the keepers of every carrier that can be asked.
type Keepers struct {
	byName map[string]*carriers.Keeper
	now    func() time.Time
}

// NewKeepers keeps every carrier of the set that is on and has its credential.
func NewKeepers(s *carriers.Set, l store.Ledger, clock func() time.Time, log *slog.Logger) *Keepers {
	k := &Keepers{byName: make(map[string]*carriers.Keeper), now: clock}
	for _, c := range s.Carriers() {
		k.byName[c.Info().Name] = carriers.NewKeeper(c, l, clock, log)
	}
	return k
}

// Get finds the keeper of a carrier.
func (k *Keepers) Get(name string) (*carriers.Keeper, bool) {
	keeper, ok := k.byName[name]
	return keeper, ok
}

// Ask asks all carriers of the asks at once, each for all its numbers, and
// waits for the turns at most so long. There is one Asked for each Ask, in
// their order. seen, if there is one, is called as each ends, one at a time.
// The error is a failure of the ledger.
func (k *Keepers) Ask(ctx context.Context, asks []carriers.Ask, wait time.Duration, seen func(carriers.Asked)) ([]carriers.Asked, error) {
	r := round{out: make([]carriers.Asked, len(asks)), seen: seen}
	byCarrier := make(map[string][]int)
	for i, a := range asks {
		r.out[i] = carriers.Asked{Ask: a, Result: a.Skip}
		_, known := k.byName[a.Carrier]
		switch {
		case a.Skip != "":
			r.end(i)
		case !known:
			r.out[i].Result, r.out[i].Err = parcel.ResultSkipped, carriers.ErrUnknown
			r.end(i)
		default:
			byCarrier[a.Carrier] = append(byCarrier[a.Carrier], i)
		}
	}
	var wg sync.WaitGroup
	for name, mine := range byCarrier {
		wg.Go(func() { r.ask(ctx, k.byName[name], wait, mine) })
	}
	wg.Wait()
	return r.out, r.err
}

// round is one Ask in progress.
type round struct {
	mu   sync.Mutex
	out  []carriers.Asked
	err  error
	seen func(carriers.Asked)
}

func (r *round) ask(ctx context.Context, k *carriers.Keeper, wait time.Duration, mine []int) {
	numbers := make([]number.Number, 0, len(mine))
	for _, i := range mine {
		numbers = append(numbers, r.out[i].Number)
	}
	results, err := k.TrackWithin(ctx, wait, numbers)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.err = err
	}
	for at, i := range mine {
		res := carriers.Result{Err: err}
		if err == nil {
			res = results[at]
		}
		r.out[i].Result, r.out[i].Tracking, r.out[i].Err = carriers.ResultOf(res.Err), res.Tracking, res.Err
		r.endLocked(i)
	}
}

func (r *round) end(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endLocked(i)
}

func (r *round) endLocked(i int) {
	if r.seen != nil {
		r.seen(r.out[i])
	}
}
