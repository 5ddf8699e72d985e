package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"testing"
)

// LimitPages lets the store grow to so many pages, as a full disk does.
func LimitPages(t *testing.T, db *DB, pages int) {
	t.Helper()
	if _, err := db.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
}

// OpenSteps opens a store with other schema steps than the embedded ones.
func OpenSteps(ctx context.Context, path string, steps fs.FS, o Options) (*DB, error) {
	return open(ctx, path, steps, o)
}

// Steps are the embedded schema steps.
func Steps() fs.FS { return migrations() }

// Known is the version of the schema in a database, 0 where it is empty.
func Known(ctx context.Context, pool *sql.DB) (int64, error) { return known(ctx, pool) }
