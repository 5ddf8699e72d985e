package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/store/internal/rows"
)

// LimitPages limits the store to this many pages, to simulate a full disk.
func LimitPages(t *testing.T, db *DB, pages int) {
	t.Helper()
	limit := fmt.Sprintf("PRAGMA max_page_count = %d", pages)
	if err := db.writer.use(t.Context(), func(c *conn) error { return c.run(t.Context(), limit) }); err != nil {
		t.Fatal(err)
	}
}

// OpenSteps opens a store with other schema steps than the embedded ones.
func OpenSteps(ctx context.Context, path string, steps fs.FS, o Options) (*DB, error) {
	return open(ctx, path, steps, "", o)
}

// Steps returns the embedded schema steps.
func Steps() fs.FS { return migrations() }

// Outline returns the outline of a parcel that is saved.
func Outline(p parcel.Parcel) parcel.Parcel { return rows.Outline(p) }

// Known returns the version of the schema in a database, or 0 if it is empty.
func Known(ctx context.Context, pool *sql.DB) (int64, error) { return schemaVersion(ctx, pool) }

// Days for which the store keeps what it has no other use for.
const (
	BodyDays, AnswerDays, BudgetDays = rows.BodyDays, rows.AnswerDays, rows.BudgetDays
	TallyDays, CopyDays, ChangeYears = rows.TallyDays, copyDays, rows.ChangeYears
)
