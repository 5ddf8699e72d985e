// Package driver picks the driver of a store by its location, and copies a store from
// one location to another. It knows nothing else about drivers.
package driver

import (
	"context"
	"errors"
	"strings"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
	"parcelwatch/store/postgres"
	"parcelwatch/store/sqlite"
)

// ErrNotEmpty is returned by Copy for a target with contents.
var ErrNotEmpty = rows.ErrNotEmpty

// At is the driver of the store at a location: the path of a file, or the URL of a
// PostgreSQL database, whose password is asked for at each connection unless it is nil.
func At(location string, password func(context.Context) (string, error)) store.Driver {
	if IsURL(location) {
		return postgres.At(location, password)
	}
	return sqlite.At(location)
}

// IsURL reports whether a location is the URL of a database.
func IsURL(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}

// Copy copies everything in a store into an empty one, compares both and returns how many
// rows there are. If it fails, the target is as empty as before.
func Copy(ctx context.Context, from, to store.Store) (total int, err error) {
	type tables interface{ Tables() rows.Database }
	source, ok := from.(tables)
	target, ok2 := to.(tables)
	if !ok || !ok2 {
		return 0, errors.ErrUnsupported
	}
	counts, err := rows.Copy(ctx, source.Tables(), target.Tables())
	for _, n := range counts {
		total += n
	}
	return total, err
}
