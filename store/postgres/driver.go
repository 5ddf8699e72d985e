package postgres

import (
	"context"

	"parcelwatch/store"
)

// At returns the driver of the store in the database at the URL.
func At(url string, password Password) store.Driver { return &driver{url: url, password: password} }

type driver struct {
	url      string
	password Password
	lease    lease // of this program
}

// Open opens the store. If the driver has the store for itself, the store writes only as
// long as that lasts.
func (d *driver) Open(ctx context.Context, o store.Options) (store.Store, error) {
	db, err := open(ctx, d, migrations(), o)
	if err != nil {
		return nil, err // not a nil *DB in an interface
	}
	return db, nil
}

// Exists reports whether the database has our tables. A database that cannot be reached
// counts as a store, so that opening it says why.
func (d *driver) Exists(ctx context.Context) bool {
	db, err := d.connect(ctx)
	if err != nil {
		return true
	}
	defer db.close()
	have, err := db.version(ctx)
	return err != nil || have > 0
}
