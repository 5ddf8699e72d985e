// Package rows implements the contracts of package store in the tables that all
// drivers have in common. It must not know which database holds them: a driver
// passes a [Database], and keeps what concerns files, connections and schemas.
package rows

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parcelwatch/internal/textx"
	"parcelwatch/store"
)

// Database runs transactions.
type Database interface {
	// Write runs f in a transaction. No other transaction that writes for the same
	// household runs meanwhile. The household of what the households share is empty;
	// others may write that at the same time, so each statement must be safe by itself.
	// A household that was removed a moment ago ([Removed]) gets [store.ErrRemoved].
	// What f wrote is rolled back if f or the commit fails. f may be called again after
	// a failure. The error says what was being done and is explained.
	Write(ctx context.Context, household, doing string, f func(tx Tx) error) error
	// Read runs f once, on one snapshot.
	Read(ctx context.Context, doing string, f func(tx Tx) error) error
	// Ask runs f, which reads by one statement: it needs no transaction to be of one
	// snapshot. f may be called again after a failure.
	Ask(ctx context.Context, doing string, f func(tx Tx) error) error
	// Explain wraps an error of the database in the corresponding one of package store.
	Explain(err error) error
	// Dialect returns the statements that differ between databases.
	Dialect() *Dialect
	// Scrub overwrites what was deleted, as far as the database can.
	Scrub(ctx context.Context) error
	// Now returns the time.
	Now() time.Time
}

// Dialect is what databases say differently.
type Dialect struct {
	// IDs and Texts are a table with a key and a value for each element of the list of
	// ids or texts that parameter 1 is in JSON.
	IDs, Texts string
	// Fence ends a subquery that the database has to answer by itself first.
	Fence string
	// OfParcel is the condition that a row belongs to the parcel with the id of parameter
	// 1 in the household of parameter 2.
	OfParcel string
	// Brief returns the context for statements that touch a few rows by their keys; nil if
	// that is as it is.
	Brief func(context.Context) context.Context
	// Storable returns a text as the database stores it; nil if that is as it is.
	Storable func(string) string
	// Last is the query for the last number that a table with a serial column gave.
	Last func(Table) string
	// Continue makes a table number on after last.
	Continue func(ctx context.Context, tx Tx, t Table, last int64) error
	// Leave are the statements that come before the rows of the household of parameter 1
	// are deleted. They end its transactions that have begun, and let none begin.
	Leave []string
	// Asked counts the active parcels of the household of parameter 3 by the carriers in
	// their outlines that were asked at or after parameter 1, in seconds since 1970. It looks at
	// those whose ids are multiples of parameter 2.
	Asked string
}

// Tx is a transaction. Statements have numbered parameters ($1).
type Tx interface {
	// ExecContext runs a statement and returns how many rows it wrote.
	ExecContext(ctx context.Context, query string, args ...any) (int64, error)
	// QueryRowContext returns the first row of a query. Without one, Scan returns
	// [sql.ErrNoRows].
	QueryRowContext(ctx context.Context, query string, args ...any) Scanner
	// Each calls visit for each row of a query and ends with its first error. visit
	// must not use the transaction.
	Each(ctx context.Context, visit func(Scanner) error, query string, args ...any) error
	// Walk is like Each for a query with many more rows than are visited.
	Walk(ctx context.Context, visit func(Scanner) error, query string, args ...any) error
}

// Scanner is a row.
type Scanner interface{ Scan(dest ...any) error }

// Household implements [store.Household].
type Household struct {
	db   Database
	home string
}

// NewHousehold returns the view of one household.
func NewHousehold(db Database, name string) Household { return Household{db, name} }

// Installation implements [store.Registry], [store.Ledger], [store.AnswerLog] and the
// pruning of [store.Maintenance].
type Installation struct{ db Database }

// NewInstallation returns what the households share.
func NewInstallation(db Database) Installation { return Installation{db} }

// homeTx is a transaction on the rows of one household.
type homeTx struct {
	Tx

	home string
	sql  *Dialect
}

func (db *Household) write(ctx context.Context, doing string, f func(tx homeTx) error) error {
	return db.db.Write(ctx, db.home, doing, func(tx Tx) error { return f(homeTx{tx, db.home, db.db.Dialect()}) })
}

func (db *Household) read(ctx context.Context, doing string, f func(tx homeTx) error) error {
	return db.db.Read(ctx, doing, func(tx Tx) error { return f(homeTx{tx, db.home, db.db.Dialect()}) })
}

// ask is read for one statement.
func (db *Household) ask(ctx context.Context, doing string, f func(tx homeTx) error) error {
	return db.db.Ask(ctx, doing, func(tx Tx) error { return f(homeTx{tx, db.home, db.db.Dialect()}) })
}

// savepoint runs f within a transaction. If f fails, what it wrote is rolled back, and the
// rest of the transaction can be committed unless err is set: some errors of a database end
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

// list returns all rows of a query.
func list[T any](ctx context.Context, tx Tx, scan func(Scanner) (T, error), query string, args ...any) (out []T, err error) {
	err = tx.Each(ctx, func(s Scanner) error {
		v, err := scan(s)
		out = append(out, v)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// errEnough ends a list before its last row.
var errEnough = errors.New("enough rows")

// some calls visit for the rows of a query until it returns false.
func some(ctx context.Context, tx Tx, visit func(Scanner) (more bool, err error), query string, args ...any) error {
	err := tx.Walk(ctx, func(s Scanner) error {
		more, err := visit(s)
		if err == nil && !more {
			err = errEnough
		}
		return err
	}, query, args...)
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// reading is one query and what it is for.
type reading struct {
	*Household

	doing string
}

func (db *Household) to(doing string) reading { return reading{db, doing} }

// query returns all rows of a query. The household is its last argument.
func query[T any](ctx context.Context, r reading, scan func(Scanner) (T, error), query string, args ...any) (out []T, err error) {
	err = r.ask(ctx, r.doing, func(tx homeTx) error {
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
func column[T any](s Scanner) (v T, err error) {
	err = s.Scan(&v)
	return v, err
}

// document scans the id and the JSON document of a thing, and further columns.
func document[K, T any](s Scanner, thing string, more ...any) (id K, v T, err error) {
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

func exists(ctx context.Context, tx Tx, query string, args ...any) (bool, error) {
	n, err := list(ctx, tx, column[int64], query, args...)
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

func scanMoment(s Scanner) (at time.Time, err error) {
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

// Heartbeat returns a heartbeat as stored: with times in whole milliseconds of UTC.
func Heartbeat(b store.Heartbeat) store.Heartbeat {
	b.Version = line(b.Version)
	for _, t := range []*time.Time{&b.Started, &b.At, &b.NextDigest, &b.Stopped} {
		*t = t.UTC().Truncate(time.Millisecond)
	}
	return b
}

const maxLine = 500

// Line returns an external text as stored: one line of at most 500 characters.
func Line(s string) string { return line(s) }

func line(s string) string { return textx.Line(s, maxLine) }
