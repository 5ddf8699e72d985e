package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// SQLSTATE codes. Class 08 is a broken connection.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	tooManyConnections   = "53300"
	diskFull             = "53100"
	adminShutdown        = "57P01"
	crashShutdown        = "57P02"
	cannotConnectNow     = "57P03"
	idleTimeout          = "25P03"
	readOnly             = "25006"
	noPrivilege          = "42501"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
	ioError              = "58030"
	undefinedFile        = "58P01"
	noDatabase           = "3D000"
	badText              = "22021"
)

func codeOf(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// lost reports whether the connection was lost or refused, so that nothing of an
// uncommitted transaction is left.
func lost(err error) bool {
	switch code := codeOf(err); {
	case strings.HasPrefix(code, "08"):
		return true
	case code != "":
		return code == adminShutdown || code == crashShutdown || code == cannotConnectNow || code == tooManyConnections || code == idleTimeout
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, pgconn.ErrConnClosed) || pgconn.SafeToRetry(err)
}

// again reports whether a transaction that failed before its commit may succeed if it is
// repeated.
func again(err error) bool {
	switch codeOf(err) {
	case serializationFailure, deadlockDetected:
		return true
	case "28P01", "28000", noDatabase:
		return false
	default:
		return lost(err)
	}
}

// explain wraps a driver error in the corresponding error of package store. Other
// errors are returned unchanged.
func (db *core) explain(err error) error {
	if errors.Is(err, pgx.ErrNoRows) || errors.Is(err, sql.ErrNoRows) {
		return parcel.ErrNotFound
	}
	hint, kind := reason(codeOf(err))
	if kind == nil && lost(err) {
		hint, kind = "check that it runs and can be reached", store.ErrAway
	}
	if kind == nil {
		return err
	}
	return fmt.Errorf("%w: %s: %s: %w", kind, db.where, hint, err)
}

func reason(code string) (hint string, kind error) {
	switch code {
	case "28P01", "28000":
		return "it refuses the login: check the user in [store] url and [store] password", store.ErrAway
	case noDatabase:
		return "there is no such database: create it, see docs/scale.md", store.ErrAway
	case tooManyConnections:
		return "it has no connection left: raise max_connections or lower pool_max_conns in [store] url", store.ErrAway
	case serializationFailure, deadlockDetected, lockNotAvailable, queryCanceled:
		return "another session holds what is needed: end it", store.ErrBusy
	case diskFull:
		return "make room on the database server", store.ErrNoSpace
	case ioError, undefinedFile:
		return "check the disk of the database server", store.ErrDisk
	case readOnly:
		return "it is a standby: name the primary, or all hosts with target_session_attrs=read-write, in [store] url", store.ErrReadOnly
	case noPrivilege:
		return "the user lacks rights: make it the owner of the database", store.ErrReadOnly
	case badText:
		return "the value is refused", errText
	}
	switch {
	case strings.HasPrefix(code, "XX00") && code != "XX000":
		return "restore a backup of the database", store.ErrCorrupt
	case strings.HasPrefix(code, "53"):
		return "give the database server more of what it lacks", store.ErrNoSpace
	}
	return "", nil
}

// said adds what was being done. A statement that was interrupted failed because ctx
// ended.
func (db *core) said(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil {
		err = cause
	} else {
		err = db.explain(err)
	}
	if doing == "" {
		return err
	}
	return fmt.Errorf("%s: %w", doing, err)
}
