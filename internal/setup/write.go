package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile atomically writes a file that only its owner can read: after a crash the
// old or the new content is there. An existing file keeps its owner and mode, except
// for the permissions of others.
func WriteFile(path string, data []byte) error {
	// A service with its own account must be able to reach files in this directory.
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // the secret files in it have modes of their own
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = fill(f, path, data)
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func fill(f *os.File, path string, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return protect(f.Name(), path)
}

// Writable returns the error that writing the file would fail with.
func Writable(path string) error {
	dir := filepath.Dir(path)
	for {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
			dir = filepath.Dir(dir)
			continue
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		if !info.IsDir() {
			return fmt.Errorf("write %s: %s is no folder: %w", path, dir, fs.ErrInvalid)
		}
		break
	}
	f, err := os.CreateTemp(dir, ".parcelwatch-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
