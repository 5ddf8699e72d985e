package sqlite_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

func open(t *testing.T, path string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Now: storetest.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

func TestOpen(t *testing.T) {
	t.Run("makes folder and files that only the owner can read", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "a folder", "with #?%20 ü", "p.db")
		db := open(t, path)
		if err := db.SetSecret(t.Context(), "x", "y"); err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS == "windows" {
			t.Skip("no modes on Windows")
		}
		for _, f := range []string{path, path + "-wal", path + "-shm"} {
			info, err := os.Stat(f)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != 0o600 {
				t.Errorf("mode of %s = %o, want 600", filepath.Base(f), got)
			}
		}
	})

	t.Run("opens what it made, and a second time beside itself", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "p.db")
		first := open(t, path)
		if err := first.SetSecret(t.Context(), "x", "y"); err != nil {
			t.Fatal(err)
		}
		second := open(t, path)
		got, err := second.Secret(t.Context(), "x")
		if err != nil || got != "y" {
			t.Errorf("Secret = %q, %v", got, err)
		}
	})
}
