package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"parcelwatch/store"
)

var errHeld = errors.New("held by another process")

// Lock makes the caller the only daemon on the store in the file path until release
// is called or the process ends. [store.ErrInUse] contains the id of the process
// that holds the lock. The lock is a separate file, because closing the store's
// file would drop SQLite's locks.
func Lock(path string) (release func(), err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("lock the store: make folder: %w", err)
	}
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE|noFollow, 0o600) //nolint:gosec // the path is the configuration's
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	if err := adopt(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the store: %w", err), f.Close())
	}
	if err := lockFile(f); err != nil {
		defer f.Close()
		if errors.Is(err, errHeld) {
			return nil, fmt.Errorf("%w%s: %s; stop it first, or give this one a store of its own", store.ErrInUse, holder(f), path)
		}
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	if err := sign(f); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the store: %w", err), f.Close())
	}
	// The file stays: if it were removed, two processes could lock two files of
	// that name.
	return sync.OnceFunc(func() { f.Close() }), nil //nolint:gosec // closing releases the lock
}

// sign writes the process id into the lock file, for the error of a second daemon.
func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func holder(f *os.File) string {
	b, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return ""
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid <= 0 {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}
