package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
	"parcelwatch/store/sqlite"
)

var errRestore = errors.New("a database is restored with the tools of PostgreSQL, or from a backup of this program by `parcelwatch store copy` into an empty one")

// Check reads every document and returns store.ErrCorrupt if the database is damaged. A
// database with data checksums finds damaged pages by being read.
func (db *DB) Check(ctx context.Context) error {
	for _, table := range rows.Tables() {
		var n int64
		// As text, so that every value is read.
		if err := db.pool.QueryRow(ctx, fmt.Sprintf(`SELECT coalesce(sum(length(t::text)), 0) FROM %s AS t`, table.Name)).Scan(&n); err != nil {
			return db.said(ctx, "check store "+db.where, err)
		}
	}
	return nil
}

// Backup writes a consistent copy into a new file that only its owner can read, while
// others keep using the store. The file is a store of store/sqlite.
func (db *DB) Backup(ctx context.Context, file string) error {
	doing := "back up the store to " + file
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // named by the caller
	if err != nil {
		return fmt.Errorf("%s: make file: %w", doing, err)
	}
	if err := errors.Join(f.Close(), os.Remove(file)); err != nil {
		return fmt.Errorf("%s: make file: %w", doing, err)
	}
	to, err := sqlite.Open(ctx, file, store.Options{Now: db.now})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	_, err = rows.Copy(ctx, db.Tables(), to.Tables())
	if err = errors.Join(err, to.Close()); err != nil { //nolint:contextcheck // closing takes no context
		return errors.Join(fmt.Errorf("%s: %w", doing, err), remove(file))
	}
	return nil
}

func remove(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Tables returns the database, to copy the store.
func (db *DB) Tables() rows.Database { return tables{db.core} }

// Restore refuses: other programs may use the database, and the tools of PostgreSQL
// restore it as a whole and to a point in time.
func (d *driver) Restore(context.Context, string) error { return errRestore }
