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

// opened is the store of the configuration.
type opened struct {
	store.Store
	cfg *config.Config
}

// openStore opens the store for a command that works beside the daemon.
func (e *env) openStore(ctx context.Context) (opened, error) {
	c, err := e.config()
	if err != nil {
		return opened{}, err
	}
	db, err := e.store(ctx, c)
	return opened{Store: db, cfg: c}, err
}

// tracker is the story over the store, for a person's own changes. It asks
// nobody: a daemon that runs does.
func (o opened) tracker(e *env) *tracker.Tracker {
	return tracker.New(tracker.Config{
		Home: o.cfg.Destination, Zone: o.cfg.Timezone.Location(), Log: e.quiet(), Now: e.now,
	}, o.Store)
}

// edit opens the store, lets do change something about a number, and prints
// what was done.
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

// known says what to do about a number that is not here.
func (e *env) known(err error, n number.Number) error {
	if errors.Is(err, parcel.ErrNotFound) {
		return failed(e.say.T("err_unknown", "Number", n))
	}
	return err
}
