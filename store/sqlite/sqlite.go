// Package sqlite implements the store in one SQLite file. It must not know who uses
// the store or what a row means.
package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
	"parcelwatch/store/sqlite/internal/gather"

	_ "modernc.org/sqlite" // the driver, in pure Go
)

const (
	// Other processes hold the write lock for milliseconds. SQLite ignores the
	// context while it waits for a lock, so it waits in short steps (see patient).
	busyWait = 10 * time.Second
	busyBit  = 100 * time.Millisecond
	// A shutdown must end within seconds.
	closeWait = 2 * time.Second

	readers = 4
)

// Options are [store.Options].
type Options = store.Options

// DB is an open store. Its household methods are those of [store.Home].
type DB struct {
	household
	rows.Installation
}

// household is the view of one household.
type household struct {
	*core
	rows.Household

	home string
}

// core is the open file.
type core struct {
	path    string
	sql     *rows.Dialect
	log     *slog.Logger
	now     func() time.Time
	writer  *pool // one connection, every transaction immediate
	reader  *pool // cannot write
	closing sync.Once
	pulsing sync.Mutex // held while the heartbeat file is read and overwritten
	node    atomic.Pointer[store.Node]
}

// Open opens the store in the file path. It creates a missing folder and file,
// readable by their owner only, and upgrades an older schema after copying the
// file. It returns store.ErrCorrupt, store.ErrNewer or store.ErrForeign for a file
// that it cannot use, and does not write to that file.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	return open(ctx, path, migrations(), newSchema(), o)
}

func open(ctx context.Context, path string, steps fs.FS, whole string, o Options) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	c := &core{path: path, sql: dialect(), log: cmp.Or(o.Log, slog.New(slog.DiscardHandler)), now: o.Now}
	db := &DB{c.view(store.Home), rows.NewInstallation(tables{c})}
	if db.now == nil {
		db.now = time.Now //nolint:forbidigo // the default clock
	}
	if err := db.open(ctx, steps, whole, o.Brief); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, errors.Join(explain(err), db.shut()))
	}
	return db, nil
}

// Household returns the view of one household.
func (db *DB) Household(name string) store.Household {
	h := db.view(name)
	return &h
}

// Unclaimed returns the store itself, because one daemon holds all its households.
func (db *DB) Unclaimed() store.Store { return db }

func (db *core) view(name string) household {
	return household{db, rows.NewHousehold(tables{db}, name), name}
}

// Path returns the absolute path of the store's file.
func (db *DB) Path() string { return db.path }

// Close moves the write-ahead log into the file and closes it. A store that was not
// closed is consistent, too. Closing again does nothing.
func (db *DB) Close() error {
	var err error
	db.closing.Do(func() { err = db.close() })
	if err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

func (db *DB) close() error {
	if err := db.reader.Close(); err != nil {
		return errors.Join(err, db.writer.Close())
	}
	// Close has no context, but must end in time.
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	for _, pragma := range []string{
		"PRAGMA optimize",
		"PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		if err := db.writer.use(ctx, func(c *conn) error { return c.run(ctx, pragma) }); err != nil {
			db.log.WarnContext(ctx, "store closed without tidying up", "err", err)
			break
		}
	}
	return db.writer.Close()
}

func (db *DB) open(ctx context.Context, steps fs.FS, whole string, brief bool) error {
	fresh, err := create(db.path)
	if err != nil {
		return err
	}
	if !fresh {
		if err := inspect(ctx, db.path, steps, brief); err != nil {
			return err
		}
	}
	if err := gather.Register(); err != nil {
		return err
	}
	writer, err := connect(ctx, writeDSN(db.path), 1)
	if err != nil {
		return err
	}
	db.writer = newPool(writer, 1, "BEGIN IMMEDIATE")
	if err := db.migrate(ctx, writer, steps, whole); err != nil {
		return err
	}
	reader, err := connect(ctx, readDSN(db.path), readers)
	if err != nil {
		return err
	}
	db.reader = newPool(reader, readers, "BEGIN")
	return nil
}

func (db *DB) shut() error {
	var errs []error
	for _, p := range []*pool{db.reader, db.writer} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

// create creates the file if it is missing, readable by its owner only from the
// start. SQLite gives its log the same mode.
func create(path string) (fresh bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, fmt.Errorf("make folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the path is the configuration's
	if errors.Is(err, fs.ErrExist) {
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return false, fmt.Errorf("%w: a folder or device stands in its place", store.ErrForeign)
		}
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("make file: %w", err)
	}
	if err := errors.Join(f.Close(), adopt(path)); err != nil {
		return false, fmt.Errorf("make file: %w", err)
	}
	return true, nil
}

func connect(ctx context.Context, dsn string, conns int) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	if err := patient(ctx, func() error { return pool.PingContext(ctx) }); err != nil {
		return nil, errors.Join(fmt.Errorf("connect: %w", err), pool.Close())
	}
	return pool, nil
}

// writeDSN sets the pragmas in the DSN, because they belong to a connection and the
// pool opens connections when it needs them.
func writeDSN(path string) string {
	return dsn(path, url.Values{
		"vfs": {gather.Name},
		// A deferred transaction that reads and then writes fails at once, despite
		// busy_timeout, if another process has written in between.
		"_txlock": {"immediate"},
		"_pragma": {
			busyPragma(), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
			"temp_store(MEMORY)", // else each savepoint copies the pages it changes to a temporary file
			"journal_size_limit(4194304)",
			"secure_delete(ON)", // deleted content is overwritten, free pages too
		},
	})
}

func readDSN(path string) string {
	return dsn(path, url.Values{"mode": {"ro"}, "_pragma": {busyPragma(), "query_only(1)", readCache}})
}

// readCache bounds the pages that each of the connections for reading keeps, in KiB. What
// is read again comes from the system's cache.
const readCache = "cache_size(-512)"

// immutableDSN is for reading a store that no process has open. It creates no
// files.
func immutableDSN(path string) string {
	return dsn(path, url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {"query_only(1)"}})
}

// copyDSN is for copying a store, which query_only would forbid.
func copyDSN(path string) string {
	q := url.Values{"mode": {"ro"}, "_pragma": {busyPragma()}}
	if !inUse(path) {
		q.Set("immutable", "1")
	}
	return dsn(path, q)
}

func busyPragma() string { return fmt.Sprintf("busy_timeout(%d)", busyBit.Milliseconds()) }

func dsn(path string, q url.Values) string {
	q.Set("_dqs", "0")
	q.Set("_error_rc", "1")
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/...
	}
	return "file://" + (&url.URL{Path: p}).EscapedPath() + "?" + q.Encode()
}
