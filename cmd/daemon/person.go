package main

import (
	"context"
	"errors"

	"parcelwatch/internal/cli"
	"parcelwatch/parcel"
	"parcelwatch/tracker"
)

// What a person asks of a parcel, one short command each.
type (
	addCmd struct {
		Number string `arg:""`
		Title  string `help:"${help_add_title}" placeholder:"TITLE"`
	}
	renameCmd struct {
		Number string `arg:""`
		Title  string `arg:""`
	}
	muteCmd struct {
		Number string `arg:""`
		Off    bool   `help:"${help_mute_off}"`
	}
	doneCmd struct {
		Number string `arg:""`
		Off    bool   `help:"${help_done_off}"`
	}
	forgetCmd struct {
		Number string `arg:""`
		Purge  bool   `help:"${help_forget_purge}"`
	}
	mergeCmd struct {
		A string `arg:""`
		B string `arg:""`
	}
	splitCmd struct {
		Number string `arg:""`
	}
)

// Run follows a number.
func (c *addCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n parcel.Number) (string, error) {
		_, err := t.Add(ctx, n, cli.Clean(c.Title, 200))
		return e.say.T("add_done", "Number", n), err
	})
}

// Run gives a parcel another title.
func (c *renameCmd) Run(ctx context.Context, e *env) error {
	title := cli.Clean(c.Title, 200)
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n parcel.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Title = title })
		return e.say.T("rename_done", "Number", n, "Title", title), err
	})
}

// Run follows a parcel without telling about it, or tells again.
func (c *muteCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n parcel.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Muted = !c.Off })
		return e.say.T(either(c.Off, "mute_undone", "mute_done"), "Number", n), err
	})
}

// Run ends following a parcel, or begins again.
func (c *doneCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n parcel.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Closed = !c.Off })
		return e.say.T(either(c.Off, "done_undone", "done_done"), "Number", n), err
	})
}

// Run deletes a parcel.
func (c *forgetCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n parcel.Number) (string, error) {
		return e.say.T(either(c.Purge, "forget_purged", "forget_done"), "Number", n), t.Forget(ctx, n, c.Purge)
	})
}

// Run makes two numbers one parcel.
func (c *mergeCmd) Run(ctx context.Context, e *env) error {
	b, err := e.number(c.B)
	if err != nil {
		return err
	}
	return e.edit(ctx, c.A, func(t *tracker.Tracker, a parcel.Number) (string, error) {
		_, err := t.Merge(ctx, a, b)
		return e.say.T("merge_done", "A", a, "B", b), err
	})
}

// Run makes a number a parcel of its own again.
func (c *splitCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n parcel.Number) (string, error) {
		_, err := t.Split(ctx, n)
		return e.say.T("split_done", "Number", n), err
	})
}

func either(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// known says what to do about a number that is not here.
func (e *env) known(err error, n parcel.Number) error {
	if errors.Is(err, parcel.ErrNotFound) {
		return failed(e.say.T("err_unknown", "Number", n))
	}
	return err
}
