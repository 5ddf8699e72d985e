package adapter

import (
	"context"
	"errors"

	"parcelwatch/carriers"
	"parcelwatch/parcel/number"
)

// Each asks for numbers one after the other, for services that answer one at a
// time. What is found wrong with one number (not found, another's answer) is its
// own; a failure of the service ends the call.
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
		if err != nil {
			res = carriers.Result{Err: err}
		}
		res.Number = n
		results = append(results, res)
	}
	return results, nil
}
