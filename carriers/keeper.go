package carriers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// Keeper makes the calls to one carrier. It adds what adapters do not have, in this
// order:
//
//	batching          numbers are split into calls of Info().Batch
//	circuit breaking  a carrier that failed is not called for a while
//	pacing            calls to one host keep their distance
//	budget            the calls of a day are counted and spread over its useful hours
//	retry             a GET whose connection broke is repeated once, as a call like any other
//	further requests  each request of a call but the first is paced and counted like a call
//
// Its state is in the ledger, so it survives restarts and is shared by processes.
// It is safe for concurrent use.
type Keeper struct {
	carrier Carrier
	info    Info
	host    string
	ledger  store.Ledger
	clock   func() time.Time
	log     *slog.Logger

	turn   chan struct{} // held while waiting for the booked moment
	booked slot          // not used yet; guarded by turn

	tried atomic.Bool // a credential that was refused before

	mu       sync.Mutex
	promised time.Time       // when the last caller was told to come back for its part of the budget
	logged   map[string]bool // unmapped codes that were logged
	fresh    freshness
}

// NewKeeper returns the keeper of one carrier. It adds the carrier's name to log.
func NewKeeper(c Carrier, l store.Ledger, clock func() time.Time, log *slog.Logger) *Keeper {
	info := c.Info()
	host := info.Name
	if u, err := url.Parse(info.BaseURL); err == nil && u.Host != "" {
		host = u.Host
	}
	return &Keeper{
		carrier: c, info: info, host: host, ledger: l, clock: clock, log: log.With("carrier", info.Name),
		turn: make(chan struct{}, 1), logged: make(map[string]bool),
	}
}

// Info returns the carrier's Info.
func (k *Keeper) Info() Info { return k.info }

// Turn is what a caller of [Keeper.Track] may use.
type Turn struct {
	Wait  time.Duration // at most, until the host's next free slot
	Share int           // percent of the day's budget, whoever has spent it; 0 for all
	Rank  Rank          // what the budget is spent for
}

// Track asks for any count of numbers and waits for its turn; the call
// itself is bounded by a deadline and the context. There is one result per number,
// in the order asked, with the number's failure in Err: one of the five, the
// context's, or a [NotNowError] if the keeper did not call the carrier. The second
// result is a failure of the ledger (or of the context before it), after which
// nothing more was asked.
func (k *Keeper) Track(ctx context.Context, turn Turn, numbers []number.Number) ([]Result, error) {
	latest := k.clock().Add(turn.Wait)
	results := make([]Result, 0, len(numbers))
	for chunk := range slices.Chunk(numbers, max(1, k.info.Batch)) {
		part, err := k.call(ctx, latest, turn, chunk)
		if err != nil {
			return nil, err
		}
		results = append(results, part...)
	}
	return results, nil
}

// call makes one call of the service, if it is allowed.
func (k *Keeper) call(ctx context.Context, latest time.Time, turn Turn, numbers []number.Number) ([]Result, error) {
	refusal, err := k.admit(ctx, latest, turn)
	if refusal != nil || err != nil {
		return failed(numbers, refusal), err
	}
	results, failure, err := k.track(ctx, turn, numbers)
	if err != nil {
		return nil, err
	}
	if e, ok := errors.AsType[*Error](failure); ok && e.Again && ctx.Err() == nil {
		if refusal, err = k.next(ctx, latest, turn); err != nil {
			return nil, err
		}
		if refusal == nil {
			if results, failure, err = k.track(ctx, turn, numbers); err != nil {
				return nil, err
			}
		}
	}
	if failure == nil && len(results) != len(numbers) {
		failure = &Error{Kind: ErrChanged, Detail: "another count of results than of numbers"}
	}
	if failure != nil {
		results = failed(numbers, failure)
	}
	if gone := ctx.Err(); gone != nil && errors.Is(failure, gone) {
		return results, nil // the caller gave up, which says nothing about the carrier
	}
	if errors.Is(failureOf(results), ErrNotNow) {
		return results, nil // a further request was not made, so the carrier has not answered
	}
	k.logUnmapped(results)
	// An answer counts even if the caller gives up at this moment.
	return results, k.settle(context.WithoutCancel(ctx), results)
}

// track makes the requests of one call. The last result is a failure of the ledger.
func (k *Keeper) track(ctx context.Context, turn Turn, numbers []number.Number) (results []Result, failure, err error) {
	r := &requests{next: func(ctx context.Context) (refusal, err error) {
		// A caller that does not wait for its turn still waits between requests.
		return k.next(ctx, k.clock().Add(turn.Wait+2*k.info.Interval), turn)
	}}
	results, failure = k.carrier.Track(context.WithValue(ctx, requestsKey{}, r), numbers)
	return results, failure, r.failure
}

// admit returns nil if a call may be made now, else the reason why not. The second
// result is a failure of the ledger.
func (k *Keeper) admit(ctx context.Context, latest time.Time, turn Turn) (refusal, err error) {
	if refusal, err := k.breaker(ctx); refusal != nil || err != nil {
		return refusal, err
	}
	return k.next(ctx, latest, turn)
}

// budget counts a call to be made at a time and refuses it if the budget of that day, or
// the part of it that is open to the caller then, is spent.
func (k *Keeper) budget(ctx context.Context, turn Turn, at time.Time) (refusal, err error) {
	now, limit := k.day(at), 0
	if k.info.Budget > 0 {
		limit = allowance(k.info.Budget, turn, now)
	}
	ok, err := k.ledger.Take(ctx, k.info.Name, parcel.DateOf(now), 1, limit)
	if err != nil || ok {
		return nil, err
	}
	until, err := k.reopens(ctx, turn, now)
	if err != nil {
		return nil, err
	}
	return k.notNow(until, "the day's budget is spent"), nil
}

// reopens returns when the caller may try again. Callers that wait for the part of their
// rank to grow get different times, so that they do not all come back for one call.
func (k *Keeper) reopens(ctx context.Context, turn Turn, now time.Time) (time.Time, error) {
	h, err := k.ledger.CarrierHealth(ctx, k.info.Name)
	if err != nil {
		return time.Time{}, fmt.Errorf("carrier %s: read what is spent: %w", k.info.Name, err)
	}
	until := opens(k.info.Budget, h.Today, turn, now)
	if turn.Rank < RankDue {
		return until, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if next := k.promised.Add(24 * time.Hour / time.Duration(k.info.Budget)); next.After(until) && k.promised.After(now) {
		until = next
	}
	k.promised = until
	return until, nil
}

// logUnmapped logs codes that the carrier's table does not hold, once per code.
func (k *Keeper) logUnmapped(results []Result) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, r := range results {
		for _, code := range r.Unmapped {
			if k.logged[code] || len(k.logged) >= 500 {
				continue
			}
			k.logged[code] = true
			k.log.Warn("carrier uses a code that is not in its table", "code", code)
		}
	}
}

func (k *Keeper) notNow(until time.Time, reason string) error {
	return &NotNowError{Carrier: k.info.Name, Reason: reason, Until: until}
}

// failed returns the same failure for each number.
func failed(numbers []number.Number, err error) []Result {
	results := make([]Result, 0, len(numbers))
	for _, n := range numbers {
		results = append(results, Result{Number: n, Err: err})
	}
	return results
}

// pause waits for d, or until the context ends.
func pause(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
