package command

import (
	"context"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

type addCmd struct {
	Number string `arg:""`
	Title  string `help:"${help_add_title}" placeholder:"TITLE"`
}

// Run adds a number to follow.
func (c *addCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Add(ctx, n, textx.Line(c.Title, 200))
		return e.say.T("add_done", "Number", n), err
	})
}
