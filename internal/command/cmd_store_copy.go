package command

import (
	"context"
	"net/url"
	"path/filepath"

	"parcelwatch/config"
	"parcelwatch/store"
	"parcelwatch/store/driver"
)

type (
	storeCmd struct {
		Copy storeCopyCmd `cmd:"" help:"${help_store_copy}"`
	}
	storeCopyCmd struct {
		From string `arg:""`
		To   string `arg:""`
	}
)

// Run copies everything from one store to an empty one. No daemon may run on either.
func (c *storeCopyCmd) Run(ctx context.Context, e *env) error {
	cfg := e.anyConfig()
	for _, location := range []string{c.From, c.To} {
		if driver.IsURL(location) {
			continue
		}
		if _, err := continueAsOwner(location); err != nil {
			return err
		}
	}
	if !located(cfg, c.From).Exists(ctx) {
		return failed(e.say.T("store_missing", "Path", shown(c.From)))
	}
	from, release, err := e.held(ctx, located(cfg, c.From))
	if err != nil {
		return err
	}
	defer release()
	to, release, err := e.held(ctx, located(cfg, c.To))
	if err != nil {
		return err
	}
	defer release()
	rows, err := driver.Copy(ctx, from, to)
	if err != nil {
		return err
	}
	e.print(e.say.T("store_copied", "Rows", rows, "From", shown(c.From), "To", shown(c.To)))
	return nil
}

// located returns the driver of the store at a location. The password is that of the
// configuration if the configuration names this database.
func located(cfg *config.Config, location string) store.Driver {
	if location == cfg.Store.URL {
		return storeAt(cfg)
	}
	if path, err := filepath.Abs(location); err == nil && !driver.IsURL(location) {
		location = path
	}
	return driver.At(location, nil)
}

// shown returns a location without its password.
func shown(location string) string {
	if u, err := url.Parse(location); err == nil && driver.IsURL(location) {
		return u.Redacted()
	}
	return location
}

// held opens a store that no daemon works on meanwhile.
func (e *env) held(ctx context.Context, at store.Driver) (db store.Store, release func(), err error) {
	unlock, err := at.Exclusive(ctx)
	if err != nil {
		return nil, nil, err
	}
	db, err = at.Open(ctx, store.Options{Log: e.quiet(), Now: e.now})
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return db, func() { shut(db); unlock() }, nil
}
