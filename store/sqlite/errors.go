package sqlite

import (
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

func busy(err error) bool {
	var e *sqlite.Error
	return errors.Is(err, store.ErrBusy) || errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// explain wraps a driver error in the corresponding error of package store. Other
// errors are returned unchanged.
func explain(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return parcel.ErrNotFound
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the rest is the extended code
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w; restore a backup, or move the file away to start anew: %w", store.ErrCorrupt, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w; end that program: %w", store.ErrBusy, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w; make room: %w", store.ErrNoSpace, err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("%w; check the disk: %w", store.ErrDisk, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%w; check owner and rights of the file and its folder: %w", store.ErrReadOnly, err)
	default:
		return err
	}
}
