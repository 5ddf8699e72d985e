package command

import (
	"context"

	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

type forgetCmd struct {
	Number string `arg:""`
	Purge  bool   `help:"${help_forget_purge}"`
}

// Run deletes a parcel.
func (c *forgetCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		return e.say.T(either(c.Purge, "forget_purged", "forget_done"), "Number", n), t.Forget(ctx, n, c.Purge)
	})
}
