package command

import (
	"context"
	"errors"

	"parcelwatch/config"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// opened is a store with its configuration.
type opened struct {
	store.Store
	cfg *config.Config
}

// openStore opens the store for a command, also while the daemon runs.
func (e *env) openStore(ctx context.Context) (opened, error) {
	c, err := e.config()
	if err != nil {
		return opened{}, err
	}
	db, err := e.store(ctx, c)
	return opened{Store: db, cfg: c}, err
}

// tracker returns a tracker for changes by the user. It asks no carriers; the daemon does.
func (o opened) tracker(e *env) *tracker.Tracker {
	return tracker.New(tracker.Config{
		Home: o.cfg.Destination, Zone: o.cfg.Timezone.Location(), Log: e.quiet(), Now: e.now,
	}, o.Store)
}

// edit opens the store, calls do for the number, and prints what do returns.
func (e *env) edit(ctx context.Context, text string, do func(*tracker.Tracker, number.Number) (string, error)) error {
	n, err := e.number(text)
	if err != nil {
		return err
	}
	db, err := e.openStore(ctx)
	if err != nil {
		return err
	}
	defer shut(db)
	done, err := do(db.tracker(e), n)
	if err != nil {
		return e.known(err, n)
	}
	e.print(done)
	return nil
}

func either(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// known translates the error for a number that is not in the store.
func (e *env) known(err error, n number.Number) error {
	if errors.Is(err, parcel.ErrNotFound) {
		return failed(e.say.T("err_unknown", "Number", n))
	}
	return err
}
