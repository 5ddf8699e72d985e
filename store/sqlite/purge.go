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
	"strings"
	"time"
	"unicode"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// copyDays is the age in days at which the copies that the program made beside the
// store are removed.
const copyDays = 30

// mentioning lists the rows in which a purged number or order may stand, and what
// removes it. Answers and errors of carriers are shared by all households; $1 is not
// used there.
func mentioning() []struct{ find, clear string } {
	return []struct{ find, clear string }{
		{`SELECT id, doc FROM change WHERE home = $1`, `DELETE FROM change WHERE id = $1`},
		{`SELECT rowid, subject || ' ' || why FROM not_understood WHERE home = $1`, `DELETE FROM not_understood WHERE rowid = $1`},
		{`SELECT rowid, message_id FROM mail WHERE home = $1`, `UPDATE mail SET message_id = '' WHERE rowid = $1`}, // its hash stays
		{`SELECT fate.rowid, error || ' ' || fault FROM fate JOIN message ON seq = message_seq WHERE home = $1`, `UPDATE fate SET error = '', fault = '' WHERE rowid = $1`},
		{`SELECT rowid, error || ' ' || fault FROM mailbox_state WHERE home = $1`, `UPDATE mailbox_state SET error = '', fault = '' WHERE rowid = $1`},
		{`SELECT id, raw FROM answer WHERE $1 = $1`, `DELETE FROM answer WHERE id = $1`},
		{`SELECT rowid, error || ' ' || fault || ' ' || note FROM carrier_state WHERE $1 = $1`, `UPDATE carrier_state SET error = '', fault = '', note = '' WHERE rowid = $1`},
	}
}

// purgeRecords deletes what other rows say about the words, which are the numbers and
// orders of purged parcels, and the text of all digests sent since.
func purgeRecords(ctx context.Context, tx homeTx, words map[string]bool, since time.Time) error {
	for _, table := range mentioning() {
		ids, err := mentions(ctx, tx, table.find, words)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, table.clear, id); err != nil {
				return err
			}
		}
	}
	if err := unlinkOthers(ctx, tx, words); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE message SET raw = '' WHERE home = $2 AND made_at >= $1 AND length(raw) > 0 AND NOT EXISTS
		(SELECT 1 FROM fate WHERE message_seq = seq AND state IN ('waiting', 'ambiguous'))`, since.UnixMilli(), tx.home)
	return err
}

// mentions returns the ids of the rows whose text contains one of the words.
func mentions(ctx context.Context, tx homeTx, query string, words map[string]bool) (ids []int64, err error) {
	rows, err := tx.QueryContext(ctx, query, tx.home)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	apart := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		for word := range strings.FieldsFuncSeq(text, apart) {
			if words[word] {
				ids = append(ids, id)
				break
			}
		}
	}
	return ids, rows.Err()
}

// unlinkOthers removes the numbers from the parcels that may be the same or from
// which they were split off.
func unlinkOthers(ctx context.Context, tx homeTx, words map[string]bool) error {
	ids, err := mentions(ctx, tx, `SELECT id, doc FROM parcel WHERE home = $1`, words)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p, err := scanParcel(tx.QueryRowContext(ctx, `SELECT id, doc FROM parcel WHERE id = $1`, id))
		if err != nil {
			return err
		}
		p.Maybe = slices.DeleteFunc(p.Maybe, func(l parcel.Link) bool { return words[string(l.Number)] })
		p.NeverJoin = slices.DeleteFunc(p.NeverJoin, func(n number.Number) bool { return words[string(n)] })
		doc, err := json.Marshal(p)
		if err != nil {
			return wrap(err, "write parcel %d", id)
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
		if err := patient(ctx, func() error { return complete(ctx, db.writer.DB, statement) }); err != nil {
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
