package command

import (
	"context"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

type muteCmd struct {
	Number string `arg:""`
	Off    bool   `help:"${help_mute_off}"`
}

// Run leaves a parcel out of digests and notifications, or includes it again.
func (c *muteCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Muted = !c.Off })
		return e.say.T(either(c.Off, "mute_undone", "mute_done"), "Number", n), err
	})
}
