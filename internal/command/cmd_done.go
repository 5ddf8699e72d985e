package command

import (
	"context"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

type doneCmd struct {
	Number string `arg:""`
	Off    bool   `help:"${help_done_off}"`
}

// Run stops following a parcel, or follows it again.
func (c *doneCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Closed = !c.Off })
		return e.say.T(either(c.Off, "done_undone", "done_done"), "Number", n), err
	})
}
