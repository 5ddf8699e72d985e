package postgres

import (
	"context"
	"io/fs"
	"math"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

// OpenSteps opens a store with other schema steps than the embedded ones.
func OpenSteps(ctx context.Context, url string, steps fs.FS) (*DB, error) {
	return open(ctx, &driver{url: url}, steps, store.Options{})
}

// Dialect returns the statements of this database.
func Dialect() *rows.Dialect { return dialect() }

// Steps returns the embedded schema steps.
func Steps() fs.FS { return migrations() }

// Remaining is the time until a slot as far as answers tell. An answer takes ask until the
// database reads its clock, and then answer.
type Remaining struct {
	remaining

	begun, slot time.Time
}

// NewRemaining knows nothing yet about a slot.
func NewRemaining(begun, slot time.Time) *Remaining { return &Remaining{unknown(), begun, slot} }

// Read asks once.
func (r *Remaining) Read(ask, answer time.Duration) error {
	return r.read(r.begun, func(wait *int64) error {
		time.Sleep(ask)
		*wait = int64(math.Floor(float64(time.Until(r.slot)) / float64(time.Millisecond)))
		time.Sleep(answer)
		return nil
	})
}

// Bounds returns between what the time from the beginning until the slot is.
func (r *Remaining) Bounds() (least, most time.Duration) { return r.least, r.most }

// Outcome ends a transaction whose commit is not answered. It returns whether the
// transaction would be repeated, and the error.
func (db *DB) Outcome(ctx context.Context, committed, restarted bool) (repeated bool, err error) {
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // after the end of the transaction it does nothing
	begun, err := db.enter(ctx, tx, "home")
	if err != nil {
		return false, err
	}
	end := tx.Rollback
	if committed {
		end = tx.Commit
	}
	if err := end(ctx); err != nil {
		return false, err
	}
	if restarted {
		begun.server = "another start"
	}
	err = db.outcome(ctx, begun, pgconn.ErrConnClosed)
	return again(err), err
}
