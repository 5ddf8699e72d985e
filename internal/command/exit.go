package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/internal/fault"
	"parcelwatch/internal/household"
	"parcelwatch/internal/message"
	"parcelwatch/service"
	"parcelwatch/store"
	"parcelwatch/store/driver"
	"parcelwatch/tracker"
)

// The exit statuses.
const (
	exitGood    = 0
	exitFailed  = 1
	exitUsage   = 2 // wrong usage or configuration
	exitNothing = 3 // nothing found
)

// exitError is an error with an exit status. If its text is empty, nothing is printed.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

func usage(text string) error   { return &exitError{code: exitUsage, text: text} }
func failed(text string) error  { return &exitError{code: exitFailed, text: text} }
func nothing(text string) error { return &exitError{code: exitNothing, text: text} }

// wrongConfig adds advice to the error of a configuration that cannot be opened.
func (e *env) wrongConfig(err error) error {
	if p, ok := errors.AsType[*service.PlantedError](err); ok {
		return failed(e.say.T(either(p.Link, "err_planted_link", "err_planted"), "Path", p.Path, "Folder", p.Folder))
	}
	f := fault.Of(err, "")
	switch {
	case f == nil:
		return err
	case errors.Is(err, os.ErrNotExist):
		return usage(e.say.Text(f.And(message.New("do_config_other"))))
	case errors.Is(err, os.ErrPermission):
		return usage(e.say.Text(f.And(message.New(whoMay)).And(message.New("do_config_account"))))
	default:
		return err
	}
}

// words renders an error in the chosen language.
func (e *env) words(err error) string {
	if problems, ok := errors.AsType[config.Errors](err); ok {
		lines := make([]string, len(problems))
		for i, one := range problems {
			lines[i] = e.say.Text(one.Fault())
		}
		return strings.Join(lines, "\n")
	}
	for _, f := range []message.Text{fault.Explain(err), fault.Disk(err)} {
		if f != nil {
			return e.say.Text(f)
		}
	}
	if f := storeFailure(err); f != nil {
		return e.say.Either(err.Error(), f) // the drivers name the store and say what to do
	}
	if f := failure(err); f != nil {
		return e.say.Text(f)
	}
	return err.Error()
}

// codeOf returns the exit status of an error.
func codeOf(err error) int {
	var e *exitError
	var c *config.Error
	var u *household.UnknownError
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &e):
		return e.code
	case errors.As(err, &c), errors.As(err, &u), errors.Is(err, config.ErrNoFile):
		return exitUsage
	default:
		return exitFailed
	}
}

// report prints an error, one line for each problem.
func (e *env) report(err error) {
	e.progress.Clear()
	for line := range strings.Lines(e.words(err)) {
		if line = strings.TrimSpace(line); line != "" {
			_, _ = fmt.Fprintln(e.err, "parcelwatch: "+line)
		}
	}
}

// fileError is what is wrong with one of several files.
type fileError struct {
	name string
	err  error
}

func (e *fileError) Error() string { return e.name + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// known is an error and the id of its message.
type known struct {
	err error
	id  string
}

// storeFailure returns the message for a store that cannot be used, or nil.
func storeFailure(err error) message.Text {
	return find(err, []known{
		{store.ErrNewer, "store_newer"},
		{store.ErrCorrupt, "store_corrupt"},
		{store.ErrForeign, "store_foreign"},
		{store.ErrInUse, "store_in_use"},
		{store.ErrBusy, "store_busy"},
		{store.ErrNoSpace, "store_no_space"},
		{store.ErrDisk, "store_disk"},
		{store.ErrReadOnly, "store_read_only"},
		{store.ErrAway, "store_away"},
		{driver.ErrNotEmpty, "store_not_empty"},
	})
}

// failure returns the message for an error that does not explain itself, or nil.
func failure(err error) message.Text {
	return find(err, []known{
		{tracker.ErrSameParcel, "err_same_parcel"},
		{tracker.ErrOnlyNumber, "err_only_number"},
		{service.ErrNotInstalled, "err_not_installed"},
		{service.ErrPrivilege, noRight},
		{extract.ErrNoMail, "err_no_mail"},
		{errNoMails, "err_no_mails"},
		{syscall.EISDIR, "err_is_folder"},
		{fs.ErrExist, "err_file_exists"},
	})
}

func find(err error, list []known) message.Text {
	for _, k := range list {
		if errors.Is(err, k.err) {
			return message.New(k.id, "Name", named(err))
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
