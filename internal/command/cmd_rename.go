package command

import (
	"context"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

type renameCmd struct {
	Number string `arg:""`
	Title  string `arg:""`
}

// Run gives a parcel another title.
func (c *renameCmd) Run(ctx context.Context, e *env) error {
	title := textx.Line(c.Title, 200)
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Title = title })
		return e.say.T("rename_done", "Number", n, "Title", title), err
	})
}
