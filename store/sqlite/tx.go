package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

// querier is a pool, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type scanner = rows.Scanner

// tables implements [rows.Database].
type tables struct{ *core }

// Write runs f in a transaction that holds the write lock of the file from the start.
func (db tables) Write(ctx context.Context, household, doing string, f func(tx rows.Tx) error) error {
	return transact(ctx, db.writer, doing, func(tx rows.Tx) error {
		if household == "" || household == store.Home {
			return f(tx)
		}
		var removed bool
		if err := tx.QueryRowContext(ctx, `SELECT `+rows.Removed, household, rows.RemovedSince(db.now())).Scan(&removed); err != nil {
			return err
		}
		if removed {
			return fmt.Errorf("%w: %s", store.ErrRemoved, household)
		}
		return f(tx)
	})
}

// Read runs f on one snapshot of the store.
func (db tables) Read(ctx context.Context, doing string, f func(tx rows.Tx) error) error {
	return transact(ctx, db.reader, doing, f)
}

// Ask runs f as Read does.
func (db tables) Ask(ctx context.Context, doing string, f func(tx rows.Tx) error) error {
	return db.Read(ctx, doing, f)
}

// Explain calls explain.
func (db tables) Explain(err error) error { return explain(err) }

// Dialect returns the statements of SQLite.
func (db tables) Dialect() *rows.Dialect { return db.sql }

// Scrub rewrites the file.
func (db tables) Scrub(ctx context.Context) error { return db.scrub(ctx) }

// Now returns the time.
func (db tables) Now() time.Time { return db.now() }

func transact(ctx context.Context, p *pool, doing string, f func(tx rows.Tx) error) error {
	err := p.use(ctx, func(c *conn) error {
		return c.transact(ctx, p.begin, func() error { return f(transaction{c}) })
	})
	if err == nil {
		return nil
	}
	// An interrupted statement failed because ctx ended.
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("%s: %w", doing, cause)
	}
	return fmt.Errorf("%s: %w", doing, explain(err))
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
	found, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	err = visitAll(found, func(s scanner) error {
		v, err := scan(s)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func visitAll(found *sql.Rows, visit func(scanner) error) error {
	defer found.Close()
	for found.Next() {
		if err := visit(found); err != nil {
			return err
		}
	}
	return found.Err()
}

// column scans a row of one column.
func column[T any](s scanner) (v T, err error) {
	err = s.Scan(&v)
	return v, err
}
