package command

import (
	"errors"
	"io/fs"
	"syscall"

	"parcelwatch/extract"
	"parcelwatch/internal/message"
	"parcelwatch/service"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// fileError is what is wrong with one of several files.
type fileError struct {
	name string
	err  error
}

func (e *fileError) Error() string { return e.name + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// failure is the message for an error that does not explain itself, or nil where
// there is none.
func failure(err error) message.Text {
	for _, known := range []struct {
		err error
		id  string
	}{
		{store.ErrNewer, "store_newer"},
		{store.ErrCorrupt, "store_corrupt"},
		{store.ErrForeign, "store_foreign"},
		{store.ErrInUse, "store_in_use"},
		{store.ErrBusy, "store_busy"},
		{store.ErrNoSpace, "store_no_space"},
		{store.ErrDisk, "store_disk"},
		{store.ErrReadOnly, "store_read_only"},
		{tracker.ErrSameParcel, "err_same_parcel"},
		{tracker.ErrOnlyNumber, "err_only_number"},
		{service.ErrNotInstalled, "err_not_installed"},
		{service.ErrPrivilege, noRight},
		{extract.ErrNoMail, "err_no_mail"},
		{errNoMails, "err_no_mails"},
		{syscall.EISDIR, "err_is_folder"},
		{fs.ErrExist, "err_file_exists"},
	} {
		if errors.Is(err, known.err) {
			return message.New(known.id, "Name", named(err))
		}
	}
	return nil
}

// named is the file that an error is about; empty where it is about none.
func named(err error) string {
	if e, ok := errors.AsType[*fileError](err); ok {
		return e.name
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Path
	}
	return ""
}
