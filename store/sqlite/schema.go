package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pressly/goose/v3"

	"parcelwatch/store"
)

//go:embed migrations/*.sql schema.sql
var embedded embed.FS

const (
	versionTable = "schema_version"
	// Number of copies made before a schema step that are kept; older ones are
	// removed.
	keepCopies = 2
	// One for the table of versions, one for the steps, and the last one.
	upTries = 3
)

func migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return embedded // unreachable: the name is a constant
	}
	return sub
}

// newSchema returns what the schema steps make of an empty store. A test compares, and
// writes it with -update.
func newSchema() string {
	text, err := embedded.ReadFile("schema.sql")
	if err != nil {
		return "" // unreachable: the name is a constant
	}
	return string(text)
}

// migrate brings the schema up to date, step by step, each in a separate
// transaction. If the store is not empty, a copy is made first. An empty one gets whole,
// which is the schema after all steps, unless that is "".
func (db *DB) migrate(ctx context.Context, pool *sql.DB, steps fs.FS, whole string) error {
	p, err := provider(pool, steps)
	if err != nil {
		return err
	}
	want := newest(p)
	have, err := version(ctx, pool)
	if err == nil && have == 0 && whole != "" {
		if err = patient(ctx, func() error { return makeSchema(ctx, pool, whole, want) }); err == nil {
			have, err = version(ctx, pool)
		}
	}
	if err != nil {
		return err
	}
	if have >= want {
		return nil
	}
	if have > 0 {
		if err := db.copyBefore(ctx, pool, have); err != nil {
			return err
		}
	}
	if err := up(ctx, p, pool, want); err != nil {
		return fmt.Errorf("bring schema %d to %d: %w", have, want, err)
	}
	if have > 0 {
		db.log.InfoContext(ctx, "store brought up to date", "from", have, "to", want)
	}
	return nil
}

// makeSchema makes the tables of an empty store and records the steps that they stand for. It
// leaves a store alone that another process has made meanwhile.
func makeSchema(ctx context.Context, pool *sql.DB, whole string, steps int64) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing, and before it the first error counts
	if have, err := version(ctx, tx); err != nil || have > 0 {
		return err
	}
	if _, err := tx.ExecContext(ctx, whole); err != nil {
		return fmt.Errorf("make schema %d: %w", steps, err)
	}
	for step := range steps + 1 {
		if _, err := tx.ExecContext(ctx, `INSERT INTO schema_version (version_id, is_applied) VALUES ($1, TRUE)`, step); err != nil {
			return fmt.Errorf("record schema step %d: %w", step, err)
		}
	}
	return tx.Commit()
}

// up runs the steps. If several processes open a store at the same moment, all but
// one fail at each step and then find it done.
func up(ctx context.Context, p *goose.Provider, pool *sql.DB, want int64) error {
	var err error
	for range upTries {
		if err = patient(ctx, func() error { _, err := p.Up(ctx); return err }); err == nil {
			return nil
		}
		if have, verr := version(ctx, pool); verr == nil && have >= want {
			return nil
		}
	}
	return err
}

// copyBefore copies the store before its schema changes. Several processes may do so at
// once: each copies into a file of its own, and one whose copy is of a later version
// drops it, because the process that made that version has copied the earlier one.
func (db *DB) copyBefore(ctx context.Context, pool *sql.DB, have int64) error {
	file := fmt.Sprintf("%s.schema-%d.bak", db.path, have)
	own := fmt.Sprintf("%s.schema-%d.new-%d", db.path, have, os.Getpid())
	if err := copyOwn(ctx, pool, own, file, have); err != nil {
		return fmt.Errorf("copy the store before its schema changes: %w", err)
	}
	old, err := filepath.Glob(globQuote(db.path) + ".schema-*.bak")
	if err != nil {
		return fmt.Errorf("list old copies: %w", err)
	}
	slices.SortFunc(old, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b) // schema-10 comes after schema-9
		}
		if a < b {
			return -1
		}
		return 1
	})
	for _, f := range old[:max(0, len(old)-keepCopies)] {
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			db.log.WarnContext(ctx, "old copy of the store not removed", "err", err)
		}
	}
	return nil
}

// copyOwn copies the store into own and gives the copy its name if it is of the version.
// A file that a killed process has left is replaced.
func copyOwn(ctx context.Context, pool *sql.DB, own, file string, want int64) error {
	if err := os.Remove(own); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := copyInto(ctx, pool, own); err != nil {
		return err
	}
	have, err := version(ctx, pool)
	if err = errors.Join(err, adopt(own)); err == nil && have == want {
		return os.Rename(own, file)
	}
	return errors.Join(err, os.Remove(own))
}

// inspect opens an existing file read-only and returns why it cannot be used. It reads the
// whole file, unless brief is set and the schema is not going to be changed.
func inspect(ctx context.Context, path string, steps fs.FS, brief bool) error {
	if !inUse(path) {
		err := inspectAs(ctx, immutableDSN(path), steps, brief)
		if err == nil || !inUse(path) {
			return err
		}
		// Another process has begun to write meanwhile, so the result means
		// nothing.
	}
	return inspectAs(ctx, readDSN(path), steps, brief)
}

// inUse reports whether the store has a write-ahead log: a process has it open, or
// had it open when it died.
func inUse(path string) bool {
	_, err := os.Stat(path + "-wal")
	return err == nil
}

func inspectAs(ctx context.Context, name string, steps fs.FS, brief bool) (err error) {
	pool, err := connect(ctx, name, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	have, err := schemaVersion(ctx, pool)
	if err != nil || have == 0 {
		return err
	}
	p, err := provider(pool, steps)
	if err != nil {
		return err
	}
	want := newest(p)
	if have > want {
		return fmt.Errorf("%w: its schema is %d and this program knows up to %d; install the newer program again, or restore a backup",
			store.ErrNewer, have, want)
	}
	if brief && have == want {
		return nil
	}
	return quickCheck(ctx, pool)
}

// schemaVersion returns the version of the schema, or 0 for an empty database. It reads in
// one transaction, since another process may be creating the store.
func schemaVersion(ctx context.Context, pool *sql.DB) (have int64, err error) {
	var tx *sql.Tx
	if err := patient(ctx, func() (err error) { tx, err = pool.BeginTx(ctx, nil); return err }); err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	if have, err = version(ctx, tx); err != nil || have > 0 {
		return have, err
	}
	return 0, blank(ctx, tx)
}

// blank refuses a database that has tables but no schema version.
func blank(ctx context.Context, q querier) error {
	var tables int
	if err := q.QueryRowContext(ctx,
		`SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> $1 AND name NOT LIKE 'sqlite_%'`,
		versionTable).Scan(&tables); err != nil {
		return fmt.Errorf("look at the tables: %w", err)
	}
	if tables > 0 {
		return fmt.Errorf("%w; name another file in [store] path", store.ErrForeign)
	}
	return nil
}

func provider(pool *sql.DB, steps fs.FS) (*goose.Provider, error) {
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, steps,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read schema steps: %w", err)
	}
	return p, nil
}

func newest(p *goose.Provider) int64 {
	var v int64
	for _, s := range p.ListSources() {
		v = max(v, s.Version)
	}
	return v
}

// version returns the schema version of the store, or 0 for an empty one.
func version(ctx context.Context, q querier) (int64, error) {
	var tables int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`,
		versionTable).Scan(&tables); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if tables == 0 {
		return 0, nil
	}
	var v sql.NullInt64
	if err := q.QueryRowContext(ctx, `SELECT max(version_id) FROM schema_version WHERE is_applied`).Scan(&v); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return v.Int64, nil
}
