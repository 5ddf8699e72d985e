package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// copyDays is the age in days at which the copies that the program made beside the
// store are removed.
const copyDays = 30

// purgeRecords deletes what other rows say about the words, which are a purged
// parcel's numbers and orders: changes and links of other parcels, answers of
// carriers, mails that were not understood, and the text of all digests sent since.
func purgeRecords(ctx context.Context, tx homeTx, words []string, since time.Time) error {
	for _, word := range words {
		for _, del := range []string{
			`DELETE FROM change WHERE home = $2 AND instr(doc, $1) > 0`,
			`DELETE FROM not_understood WHERE home = $2 AND instr(subject, $1) > 0`,
			`DELETE FROM answer WHERE instr(raw, $1) > 0 AND $2 = $2`, // posts are not of one household
		} {
			if _, err := tx.ExecContext(ctx, del, word, tx.home); err != nil {
				return err
			}
		}
		if err := unlinkOthers(ctx, tx, number.Number(word)); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE message SET raw = '' WHERE home = $2 AND made_at >= $1 AND length(raw) > 0 AND NOT EXISTS
		(SELECT 1 FROM fate WHERE message_seq = seq AND state IN ('waiting', 'ambiguous'))`, since.UnixMilli(), tx.home)
	return err
}

// unlinkOthers removes the number from the parcels that may be the same or from
// which it was split off.
func unlinkOthers(ctx context.Context, tx homeTx, n number.Number) error {
	others, err := list(ctx, tx, scanParcel, `SELECT id, doc FROM parcel WHERE home = $2 AND instr(doc, $1) > 0`, string(n), tx.home)
	if err != nil {
		return err
	}
	for _, p := range others {
		p.Maybe = slices.DeleteFunc(p.Maybe, func(l parcel.Link) bool { return l.Number == n })
		p.NeverJoin = slices.DeleteFunc(p.NeverJoin, func(o number.Number) bool { return o == n })
		doc, err := json.Marshal(p)
		if err != nil {
			return wrap(err, "write parcel %d", p.ID)
		}
		if err := updateParcel(ctx, tx, &p, doc); err != nil {
			return err
		}
	}
	return nil
}

// scrub rewrites the file without the deleted rows, empties the write-ahead log and
// removes the copies beside the store. secure_delete alone leaves earlier versions of
// rows in unused parts of pages.
func (db *core) scrub(ctx context.Context) error {
	for _, statement := range []string{"PRAGMA temp_store = MEMORY", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if err := patient(ctx, func() error { return complete(ctx, db.writer, statement) }); err != nil {
			return fmt.Errorf("overwrite what was deleted: %w", explain(err))
		}
	}
	return db.removeCopies(time.Time{})
}

// complete runs a statement. A checkpoint that readers block succeeds with a row that
// says so.
func complete(ctx context.Context, pool *sql.DB, statement string) error {
	blocked, err := list(ctx, pool, func(s scanner) (blocked int, err error) {
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
	for _, pattern := range []string{".schema-*.bak", ".before-restore", ".before-restore-wal", ".before-restore-shm", ".restoring"} {
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
