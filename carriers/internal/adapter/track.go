package adapter

import (
	"context"
	"errors"

	"parcelwatch/carriers"
	"parcelwatch/parcel/number"
)

// Single is an adapter for a service that takes one number a call.
type Single interface {
	Info() carriers.Info
	Match(n number.Number) carriers.Match
	// Ask makes the calls for one number.
	Ask(ctx context.Context, n number.Number) (carriers.Result, error)
}

// OneByOne returns the carrier that asks for one number after another, see [Each].
func OneByOne(s Single) carriers.Carrier { return single{s} }

type single struct{ Single }

// Unwrap returns the adapter.
func (s single) Unwrap() Single { return s.Single }

func (s single) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return Each(ctx, numbers, s.Ask)
}

// Each calls one for every number in turn, for services that take one number per
// call. A failure that concerns one number only (not found, not understood) becomes
// the error of its result; any other error ends the call.
func Each(
	ctx context.Context, numbers []number.Number,
	one func(context.Context, number.Number) (carriers.Result, error),
) ([]carriers.Result, error) {
	results := make([]carriers.Result, 0, len(numbers))
	for _, n := range numbers {
		res, err := one(ctx, n)
		if err != nil && !errors.Is(err, carriers.ErrNotFound) && !errors.Is(err, carriers.ErrChanged) {
			return nil, err
		}
		results = append(results, resultOf(n, res, err))
	}
	return results, nil
}

// All calls read for every number of an answer that covers several.
func All(numbers []number.Number, read func(number.Number) (carriers.Result, error)) []carriers.Result {
	results := make([]carriers.Result, 0, len(numbers))
	for _, n := range numbers {
		res, err := read(n)
		results = append(results, resultOf(n, res, err))
	}
	return results
}

func resultOf(n number.Number, res carriers.Result, err error) carriers.Result {
	if err != nil {
		return carriers.Result{Number: n, Err: err}
	}
	res.Number = n
	return res
}
