package command

import (
	"context"

	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

type splitCmd struct {
	Number string `arg:""`
}

// Run makes a number a separate parcel again.
func (c *splitCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Split(ctx, n)
		return e.say.T("split_done", "Number", n), err
	})
}
