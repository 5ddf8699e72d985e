package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parcelwatch/internal/textx"
)

// querier is a pool, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

type scanner interface{ Scan(dest ...any) error }

// write runs f in a transaction that holds the write lock from the start. It is
// rolled back if f or the commit fails.
func (db *core) write(ctx context.Context, doing string, f func(tx transaction) error) error {
	return transact(ctx, db.writer, doing, f)
}

// read runs f on one snapshot of the store.
func (db *core) read(ctx context.Context, doing string, f func(tx transaction) error) error {
	return transact(ctx, db.reader, doing, f)
}

// homeTx is a transaction on the rows of one household.
type homeTx struct {
	transaction

	home string
}

func (db *household) write(ctx context.Context, doing string, f func(tx homeTx) error) error {
	return db.core.write(ctx, doing, func(tx transaction) error { return f(homeTx{tx, db.home}) })
}

func (db *household) read(ctx context.Context, doing string, f func(tx homeTx) error) error {
	return db.core.read(ctx, doing, func(tx transaction) error { return f(homeTx{tx, db.home}) })
}

func transact(ctx context.Context, p *pool, doing string, f func(tx transaction) error) error {
	var news []string
	err := func() error {
		var tx *sql.Tx
		if err := patient(ctx, func() (err error) { tx, err = p.BeginTx(ctx, nil); return err }); err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // after a commit it does nothing, and before it the first error counts
		if err := f(transaction{tx, p, &news}); err != nil {
			return err
		}
		return tx.Commit()
	}()
	if err == nil {
		p.keep(ctx, news)
		return nil
	}
	// An interrupted statement failed because ctx ended.
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("%s: %w", doing, cause)
	}
	return fmt.Errorf("%s: %w", doing, explain(err))
}

// savepoint runs f within a transaction. If f fails, what it wrote is rolled back, and the
// rest of the transaction can be committed unless err is set: some errors of SQLite end
// the whole transaction.
func savepoint(ctx context.Context, tx homeTx, f func() error) (failed, err error) {
	if _, err := tx.ExecContext(ctx, `SAVEPOINT step`); err != nil {
		return nil, fmt.Errorf("set a savepoint: %w", err)
	}
	if failed := f(); failed != nil {
		if _, err := tx.ExecContext(ctx, `ROLLBACK TO step`); err != nil {
			return nil, errors.Join(failed, err)
		}
		return failed, nil
	}
	_, err = tx.ExecContext(ctx, `RELEASE step`)
	return nil, wrap(err, "release a savepoint")
}

// patient repeats f while another process holds the lock it needs. SQLite itself
// waits within f for most locks, but not for all.
func patient(ctx context.Context, f func() error) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for tries := busyWait / busyBit; ; tries-- {
		err := f()
		if !busy(err) || tries <= 0 {
			return err
		}
		pause.Reset(busyBit / 10)
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// list returns all rows of a query.
func list[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	err = each(ctx, q, func(s scanner) error {
		v, err := scan(s)
		out = append(out, v)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// each calls visit for each row of a query.
func each(ctx context.Context, q querier, visit func(scanner) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// reading is one query and what it is for.
type reading struct {
	*household

	doing string
}

func (db *household) to(doing string) reading { return reading{db, doing} }

// query returns all rows of a query on one snapshot. The household is its last
// argument.
func query[T any](ctx context.Context, r reading, scan func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	err = r.read(ctx, r.doing, func(tx homeTx) error {
		out, err = list(ctx, tx, scan, query, append(args, tx.home)...)
		return err
	})
	return out, err
}

// first returns the first of the rows, or the zero value if there is none.
func first[T any](rows []T, err error) (T, error) {
	var row T
	if len(rows) > 0 {
		row = rows[0]
	}
	return row, err
}

// column scans a row of one column.
func column[T any](s scanner) (v T, err error) {
	err = s.Scan(&v)
	return v, err
}

// document scans the id and the JSON document of a thing, and further columns.
func document[K, T any](s scanner, thing string, more ...any) (id K, v T, err error) {
	var doc []byte
	if err = s.Scan(append([]any{&id, &doc}, more...)...); err == nil {
		err = wrap(json.Unmarshal(doc, &v), "read %s %v", thing, id)
	}
	return id, v, err
}

// wrap says what was being done when err occurred. It returns nil if err is nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}

func exists(ctx context.Context, q querier, query string, args ...any) (bool, error) {
	n, err := list(ctx, q, column[int64], query, args...)
	return len(n) > 0, err
}

// stamp encodes a time for a column; the zero time is NULL.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// moment scans a time from a column; NULL is the zero time.
type moment struct{ *time.Time }

func scanMoment(s scanner) (at time.Time, err error) {
	err = s.Scan(moment{&at})
	return at, err
}

// Scan implements [sql.Scanner].
func (m moment) Scan(value any) error {
	var n sql.NullInt64
	if err := n.Scan(value); err != nil || !n.Valid {
		*m.Time = time.Time{}
		return err
	}
	*m.Time = time.UnixMilli(n.Int64).UTC()
	return nil
}

const maxLine = 500

// line returns an external text as stored: one line of at most maxLine.
func line(s string) string { return textx.Line(s, maxLine) }
