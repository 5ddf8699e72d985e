package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"parcelwatch/store"
)

// copyDays is the age in days at which the copies that the program made beside the
// store are removed.
const copyDays = 30

// scrub rewrites the file without the deleted rows, empties the write-ahead log and
// removes the copies beside the store. secure_delete alone leaves earlier versions of
// rows in unused parts of pages.
func (db *core) scrub(ctx context.Context) error {
	err := db.writer.use(ctx, func(c *conn) error {
		for _, statement := range []string{"PRAGMA temp_store = MEMORY", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
			if err := patient(ctx, func() error { return complete(ctx, c, statement) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("overwrite what was deleted: %w", explain(err))
	}
	return db.removeCopies(time.Time{})
}

// complete runs a statement. A checkpoint that readers block succeeds with a row that
// says so.
func complete(ctx context.Context, q querier, statement string) error {
	blocked, err := list(ctx, q, func(s scanner) (blocked int, err error) {
		var pages, moved int
		err = s.Scan(&blocked, &pages, &moved)
		return blocked, err
	}, statement)
	if err == nil && len(blocked) > 0 && blocked[0] != 0 {
		return store.ErrBusy
	}
	return err
}

// removeCopies removes the copies that were made beside the store before schema
// changes and restores; with a time, only those made earlier.
func (db *core) removeCopies(before time.Time) error {
	var errs []error
	for _, pattern := range []string{".schema-*.bak", ".schema-*.new-*", ".before-restore", ".before-restore-wal", ".before-restore-shm", ".restoring"} {
		found, err := filepath.Glob(globQuote(db.path) + pattern)
		if err != nil {
			return err
		}
		for _, file := range found {
			info, err := os.Lstat(file)
			if err == nil && (before.IsZero() || info.ModTime().Before(before)) {
				err = os.Remove(file)
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, fmt.Errorf("remove a copy of the store: %w", err))
			}
		}
	}
	return errors.Join(errs...)
}
