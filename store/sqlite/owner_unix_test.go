//go:build unix

package sqlite_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"parcelwatch/store/sqlite"
)

func TestWhatRootMakesBelongsToTheServicesAccount(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	const account = 4711
	dir, backup := filepath.Join(t.TempDir(), "state"), filepath.Join(t.TempDir(), "copy.db")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, account, account); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "parcelwatch.db")
	for range 2 { // a fresh store, then a restored one
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(backup); err != nil {
			if err := db.Backup(t.Context(), backup); err != nil {
				t.Fatal(err)
			}
		}
		owned(t, dir, account)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := sqlite.Restore(t.Context(), path, backup); err != nil {
			t.Fatal(err)
		}
		owned(t, dir, account)
	}
}

// owned checks the owner of every file in a folder.
func owned(t *testing.T, dir string, account uint32) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if st, ok := info.Sys().(*syscall.Stat_t); !ok || st.Uid != account || st.Gid != account {
			t.Errorf("%s does not belong to the account", path)
		}
		seen++
		return nil
	})
	if err != nil || seen < 2 {
		t.Errorf("%d files, %v", seen, err)
	}
}
