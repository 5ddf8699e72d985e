package command

import (
	"context"

	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

type mergeCmd struct {
	A string `arg:""`
	B string `arg:""`
}

// Run joins two numbers into one parcel.
func (c *mergeCmd) Run(ctx context.Context, e *env) error {
	b, err := e.number(c.B)
	if err != nil {
		return err
	}
	return e.edit(ctx, c.A, func(t *tracker.Tracker, a number.Number) (string, error) {
		_, err := t.Merge(ctx, a, b)
		return e.say.T("merge_done", "A", a, "B", b), err
	})
}
