package command

import (
	"context"
	"errors"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// The commands that change one parcel.
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
		Number     string `arg:"" optional:""`
		Unverified bool   `help:"${help_forget_unverified}"`
		Since      string `help:"${help_forget_since}" placeholder:"DATE"`
		Purge      bool   `help:"${help_forget_purge}"`
	}
	mergeCmd struct {
		A string `arg:""`
		B string `arg:""`
	}
	splitCmd struct {
		Number string `arg:""`
	}
)

// Run adds a number to follow.
func (c *addCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Add(ctx, n, textx.Line(c.Title, 200))
		return e.say.T("add_done", "Number", n), err
	})
}

// Run gives a parcel another title.
func (c *renameCmd) Run(ctx context.Context, e *env) error {
	title := textx.Line(c.Title, 200)
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Title = title })
		return e.say.T("rename_done", "Number", n, "Title", title), err
	})
}

// Run leaves a parcel out of digests and notifications, or includes it again.
func (c *muteCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Muted = !c.Off })
		return e.say.T(either(c.Off, "mute_undone", "mute_done"), "Number", n), err
	})
}

// Run stops following a parcel, or follows it again.
func (c *doneCmd) Run(ctx context.Context, e *env) error {
	return e.editEither(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Edit(ctx, n, func(p *parcel.Parcel) { p.Closed = !c.Off })
		return e.say.T(either(c.Off, "done_undone", "done_done"), "Number", n), err
	}, func(t *tracker.Tracker, id string) (string, error) {
		return e.say.T(either(c.Off, "order_undone", "order_done"), "Order", id), t.CloseOrder(ctx, id, !c.Off)
	})
}

// Run deletes a parcel, or all parcels and orders of a selection.
func (c *forgetCmd) Run(ctx context.Context, e *env) error {
	all := c.Unverified || c.Since != ""
	if all == (c.Number != "") {
		return usage(e.say.T("err_forget"))
	}
	if all {
		return e.stored(ctx, func(cfg *config.Config, db store.Store) error { return c.all(ctx, e, cfg, db) })
	}
	return e.editEither(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		return e.say.T(either(c.Purge, "forget_purged", "forget_done"), "Number", n), t.Forget(ctx, n, c.Purge)
	}, func(t *tracker.Tracker, id string) (string, error) {
		_, err := t.ForgetAll(ctx, store.Selection{Order: id}, c.Purge)
		return e.say.T(either(c.Purge, "order_purged", "order_forgotten"), "Order", id), err
	})
}

func (c *forgetCmd) all(ctx context.Context, e *env, cfg *config.Config, db store.Store) error {
	which := store.Selection{Unverified: c.Unverified}
	if c.Since != "" {
		if which.Since = parcel.Date(c.Since).Time(cfg.Timezone.Location()); which.Since.IsZero() {
			return usage(e.say.T("err_date", "Text", textx.Line(c.Since, 50)))
		}
	}
	n, err := e.tracker(cfg, db).ForgetAll(ctx, which, c.Purge)
	if err != nil {
		return err
	}
	e.print(e.say.T("forget_all", "Count", n))
	return nil
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

// Run makes a number a separate parcel again.
func (c *splitCmd) Run(ctx context.Context, e *env) error {
	return e.edit(ctx, c.Number, func(t *tracker.Tracker, n number.Number) (string, error) {
		_, err := t.Split(ctx, n)
		return e.say.T("split_done", "Number", n), err
	})
}

// edit opens the store, calls do for the number, and prints what do returns. It asks no
// carriers; the daemon does.
func (e *env) edit(ctx context.Context, text string, do func(*tracker.Tracker, number.Number) (string, error)) error {
	return e.editEither(ctx, text, do, nil)
}

// editEither also accepts the id of an order: of an order with one parcel it edits the
// parcel, of one without a parcel the order, if doOrder is given.
func (e *env) editEither(
	ctx context.Context, text string, do func(*tracker.Tracker, number.Number) (string, error), doOrder func(*tracker.Tracker, string) (string, error),
) error {
	n, err := e.number(text)
	if err != nil {
		return err
	}
	return e.stored(ctx, func(cfg *config.Config, db store.Store) error {
		n, order, err := e.subject(ctx, db, n)
		if err != nil {
			return err
		}
		var done string
		switch t := e.tracker(cfg, db); {
		case order == nil:
			e.doubt(n, cfg.Destination)
			done, err = do(t, n)
		case doOrder == nil:
			return failed(e.say.T("err_order_only", "Order", order.ID))
		default:
			done, err = doOrder(t, order.ID)
		}
		if err != nil {
			return e.notFound(err, n)
		}
		e.print(done)
		return nil
	})
}

// subject returns the number of the parcel that a number or the id of an order names, or
// the order if it has no parcel. An unknown number is returned unchanged.
func (e *env) subject(ctx context.Context, db store.Tracking, n number.Number) (number.Number, *parcel.Order, error) {
	if _, err := db.ParcelByNumber(ctx, n); err == nil || !errors.Is(err, parcel.ErrNotFound) {
		return n, nil, err
	}
	o, parcels, err := db.Order(ctx, string(n))
	switch {
	case errors.Is(err, parcel.ErrNotFound):
		return n, nil, nil
	case err != nil:
		return n, nil, err
	case len(parcels) == 0:
		return n, &o, nil
	case len(parcels) == 1:
		return parcels[0].Number(), nil, nil
	}
	var numbers []string
	for _, p := range parcels {
		numbers = append(numbers, string(p.Number()))
	}
	return n, nil, failed(e.say.T("err_order_parcels", "Order", o.ID, "Numbers", strings.Join(numbers, ", ")))
}

// tracker returns a tracker that asks no carriers.
func (e *env) tracker(cfg *config.Config, db store.Store) *tracker.Tracker {
	return tracker.New(tracker.Config{Home: cfg.Destination, Zone: cfg.Timezone.Location(), Log: e.quiet(), Now: e.now}, db)
}

func either(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}
