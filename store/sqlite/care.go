package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

var errSame = errors.New("the backup is the store itself")

// Backup writes a consistent copy into a new file that only its owner can read,
// while others keep using the store. The copy contains the secrets.
func (db *DB) Backup(ctx context.Context, file string) error {
	if err := db.writer.use(ctx, func(c *conn) error { return copyInto(ctx, c, file) }); err != nil {
		return fmt.Errorf("back up the store to %s: %w", file, explain(err))
	}
	return nil
}

// Restore replaces the store in the file path by a backup and keeps it as
// path.before-restore. It returns store.ErrCorrupt, store.ErrNewer or
// store.ErrForeign for a backup that cannot be used, and store.ErrInUse while a
// daemon runs.
func Restore(ctx context.Context, path, backup string) error {
	if err := restore(ctx, path, backup); err != nil {
		return fmt.Errorf("restore %s: %w", backup, explain(err))
	}
	return nil
}

// Check reads the whole file and returns store.ErrCorrupt if it is damaged.
func (db *DB) Check(ctx context.Context) error {
	var broken []string
	err := db.reader.use(ctx, func(c *conn) (err error) {
		if err := check(ctx, c, `PRAGMA integrity_check(5)`); err != nil {
			return err
		}
		broken, err = list(ctx, c, scanForeignKey, `PRAGMA foreign_key_check`)
		return err
	})
	if err != nil {
		return fmt.Errorf("check store %s: %w", db.path, explain(err))
	}
	if len(broken) > 0 {
		return fmt.Errorf("check store %s: %w: rows of %s lost what they belong to", db.path, store.ErrCorrupt, broken[0])
	}
	return nil
}

// Prune deletes what is no longer used, and old copies of the store.
func (db *DB) Prune(ctx context.Context, now time.Time) (store.Pruned, error) {
	p, err := db.Installation.Prune(ctx, now)
	if err != nil {
		return p, err
	}
	return p, db.removeCopies(now.AddDate(0, 0, -copyDays))
}

func quickCheck(ctx context.Context, q querier) error { return check(ctx, q, `PRAGMA quick_check(1)`) }

func check(ctx context.Context, q querier, pragma string) error {
	found, err := list(ctx, q, column[string], pragma)
	if err != nil {
		return err
	}
	if len(found) == 1 && found[0] == "ok" {
		return nil
	}
	return fmt.Errorf("%w; restore a backup, or move the file away to start anew: %s",
		store.ErrCorrupt, rows.Line(strings.Join(found, "; ")))
}

func scanForeignKey(s scanner) (string, error) {
	var (
		table, parent string
		row, key      sql.NullInt64
	)
	err := s.Scan(&table, &row, &parent, &key)
	return table, err
}

// copyInto copies the database of pool into a new file. Copying the file itself
// would miss the write-ahead log, and closing it would drop SQLite's locks. The
// file is created first, because SQLite would make it readable by others.
func copyInto(ctx context.Context, q querier, file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // named by the caller
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	if _, err := q.ExecContext(ctx, `VACUUM INTO $1`, file); err != nil {
		return errors.Join(fmt.Errorf("copy: %w", err), os.Remove(file))
	}
	return nil
}

func restore(ctx context.Context, path, backup string) (err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	if backup, err = filepath.Abs(backup); err != nil {
		return err
	}
	if err := distinct(path, backup); err != nil {
		return err
	}
	if err := inspect(ctx, backup, migrations(), false); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	release, err := Lock(path)
	if err != nil {
		return err
	}
	defer release()
	fresh := path + ".restoring"
	if err := removeStore(fresh); err != nil {
		return err
	}
	if err := copyFrom(ctx, backup, fresh); err != nil {
		return err
	}
	if err := adopt(fresh); err != nil {
		return err
	}
	if err := moveStore(path, path+".before-restore"); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

func copyFrom(ctx context.Context, from, to string) (err error) {
	pool, err := connect(ctx, copyDSN(from), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	have, err := version(ctx, pool)
	if err != nil {
		return err
	}
	if have == 0 {
		return fmt.Errorf("%w: it is empty", store.ErrForeign)
	}
	return copyInto(ctx, pool, to)
}

// distinct refuses a backup that is the store itself or does not exist.
func distinct(path, backup string) error {
	from, err := os.Stat(backup)
	if err != nil {
		return err
	}
	to, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if os.SameFile(from, to) {
		return errSame
	}
	return nil
}

// sides returns the suffixes of the files of a store. They must be moved together:
// without its log a store loses the latest writes, with another store's log it is
// damaged.
func sides() []string { return []string{"", "-wal", "-shm"} }

func moveStore(from, to string) error {
	if err := removeStore(to); err != nil {
		return err
	}
	for _, side := range sides() {
		if err := os.Rename(from+side, to+side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func removeStore(path string) error {
	for _, side := range sides() {
		if err := os.Remove(path + side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// globQuote escapes a path so that the pattern matches only that path.
func globQuote(path string) string {
	if filepath.Separator == '\\' {
		return path // there is no quoting on Windows, and no * or ? in its names
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
