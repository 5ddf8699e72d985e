package sqlite

import (
	"context"
	"os"

	"parcelwatch/store"
)

// At returns the driver of the store in the file path.
func At(path string) store.Driver { return driver(path) }

type driver string

// Open calls [Open].
func (d driver) Open(ctx context.Context, o store.Options) (store.Store, error) {
	db, err := Open(ctx, string(d), o)
	if err != nil {
		return nil, err // not a nil *DB in an interface
	}
	return db, nil
}

// Exists reports whether the file exists.
func (d driver) Exists(context.Context) bool {
	_, err := os.Stat(string(d))
	return err == nil
}

// Lock calls [Lock].
func (d driver) Lock(context.Context) (release func(), err error) { return Lock(string(d)) }

// Exclusive calls [Lock], which one program at a time can have.
func (d driver) Exclusive(ctx context.Context) (release func(), err error) { return d.Lock(ctx) }

// Restore calls [Restore].
func (d driver) Restore(ctx context.Context, backup string) error {
	return Restore(ctx, string(d), backup)
}
