package rig

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	_ "parcelwatch/store/sqlite" // the driver
)

// Store is the program's file of memory, seen from outside and never written.
type Store struct{ db *sql.DB }

// OpenStore opens a store for reading, beside the daemon or without one.
func OpenStore(ctx context.Context, file string) (*Store, error) {
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "query_only(1)"}}
	db, err := sql.Open("sqlite", "file://"+file+"?"+q.Encode())
	if err == nil {
		err = db.PingContext(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open the store from outside: %w", err)
	}
	return &Store{db: db}, nil
}

// Close closes it.
func (s *Store) Close() { _ = s.db.Close() }

// Count is the one number that a query gives.
func (s *Store) Count(ctx context.Context, query string, args ...any) (int, error) {
	var n int
	if err := s.db.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("look into the store: %w", err)
	}
	return n, nil
}

// Texts is the first column of what a query gives.
func (s *Store) Texts(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("look into the store: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("look into the store: %w", err)
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

var errUnsound = errors.New("the store is unsound")

// Check is SQLite's own look at every page, and ours at what must fit together:
// whatever was told exists, every message has a recipient, every number a
// parcel, and no mail lies beyond the place reached in its folder.
func (s *Store) Check(ctx context.Context) error {
	var errs []error
	said, err := s.Texts(ctx, "PRAGMA integrity_check")
	if err != nil {
		return err
	}
	if len(said) != 1 || said[0] != "ok" {
		errs = append(errs, fmt.Errorf("%w: %q", errUnsound, said))
	}
	// A daemon killed before it has made its tables leaves a file without any.
	if made, err := s.Count(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'mail'"); err != nil || made == 0 {
		return errors.Join(append(errs, err)...)
	}
	rules := map[string]string{
		"rows whose other half is missing":   "SELECT count(*) FROM pragma_foreign_key_check",
		"messages without a recipient":       "SELECT count(*) FROM message WHERE seq NOT IN (SELECT message_seq FROM fate)",
		"changes of a parcel that is not":    "SELECT count(*) FROM change WHERE parcel_id <> 0 AND parcel_id NOT IN (SELECT id FROM parcel)",
		"parcels without a number":           "SELECT count(*) FROM parcel WHERE id NOT IN (SELECT parcel_id FROM number)",
		"numbers in more than one parcel":    "SELECT count(*) FROM (SELECT 1 FROM number GROUP BY number HAVING count(*) > 1)",
		"mails beyond the place reached":     "SELECT count(*) FROM mail m LEFT JOIN position p USING (mailbox, folder) WHERE p.uid IS NULL OR (m.uidvalidity = p.uidvalidity AND m.uid > p.uid)",
		"mails recorded under two numbers":   "SELECT count(*) FROM (SELECT 1 FROM mail WHERE digest <> '' GROUP BY mailbox, uidvalidity, digest HAVING count(*) > 1)",
		"messages of one time and recipient": "SELECT count(*) FROM (SELECT 1 FROM message GROUP BY audience, slot HAVING count(*) > 1)",
	}
	for what, query := range rules {
		n, err := s.Count(ctx, query)
		if err != nil {
			errs = append(errs, err)
		} else if n > 0 {
			errs = append(errs, fmt.Errorf("%w: %d %s", errUnsound, n, what))
		}
	}
	return errors.Join(errs...)
}

// LockStore holds the write lock of a store, as a program beside the daemon
// might, until release.
func LockStore(ctx context.Context, file string) (release func() error, err error) {
	db, err := sql.Open("sqlite", "file://"+file+"?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	// The lock ends by release alone, not with somebody's context.
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", errors.Join(err, db.Close()))
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}

// CheckStore opens, checks and closes a store.
func CheckStore(ctx context.Context, file string) error {
	s, err := OpenStore(ctx, file)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Check(ctx)
}
