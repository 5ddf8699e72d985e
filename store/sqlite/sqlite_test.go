package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

// The test binary is its own child if a test needs a process to kill.
func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(m.Run())
	case "writer":
		os.Exit(childWriter())
	case "holder":
		os.Exit(childHolder())
	case "opener":
		os.Exit(childOpener())
	}
}

func open(tb testing.TB, path string) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), path, sqlite.Options{Now: storetest.Now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return db
}

// put stores a parcel with the number.
func put(tb testing.TB, db *sqlite.DB, number number.Number) {
	tb.Helper()
	if err := db.Apply(tb.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
		st.Parcels = append(st.Parcels, parcelOf(number))
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
}

func parcelOf(number number.Number) *parcel.Parcel {
	return &parcel.Parcel{
		Status: parcel.InTransit, FirstSeen: storetest.Now(), NextCheck: storetest.Now(),
		Links: []parcel.Link{{Number: number, Since: storetest.Now(), Reason: "mail", Certainty: parcel.Certain}},
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	t.Run("makes folder and files that only the owner can read", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "a folder", "with #%20 ü", "p.db")
		db := open(t, path)
		put(t, db, "RB123456785CN")
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

	t.Run("a clean close leaves one file that holds everything", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "p.db")
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		put(t, db, "RB123456785CN")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if got := names(t, filepath.Dir(path)); got != "p.db" {
			t.Errorf("files = %s, want p.db", got)
		}
		if _, err := open(t, path).ParcelByNumber(t.Context(), "RB123456785CN"); err != nil {
			t.Error(err)
		}
	})

	t.Run("eight at once on a store that is not there yet", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "p.db")
		var wg sync.WaitGroup
		for i := range 8 {
			cmd, out := child(t, "opener", path, strconv.Itoa(i))
			wg.Go(func() {
				for out.Scan() {
					t.Error(out.Text())
				}
				if err := cmd.Wait(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		db := open(t, path)
		for i := range 8 {
			if _, err := db.Secret(t.Context(), strconv.Itoa(i)); err != nil {
				t.Errorf("what writer %d wrote: %v", i, err)
			}
		}
	})

	t.Run("a store that can be read but not written says so", func(t *testing.T) {
		t.Parallel()
		if runtime.GOOS == "windows" || os.Getuid() == 0 {
			t.Skip("this user may write everything")
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "p.db")
		if err := open(t, path).Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o400); err != nil {
			t.Fatal(err)
		}
		_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("Open = %v, want ErrReadOnly", err)
		}
	})

	t.Run("a folder in the store's place is named", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
		if !errors.Is(err, store.ErrForeign) || !strings.Contains(err.Error(), dir) {
			t.Errorf("Open of a folder = %v", err)
		}
	})

	t.Run("a cancelled context opens nothing", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "p.db"), sqlite.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("Open = %v, want context.Canceled", err)
		}
	})
}

func TestWaitingForAnotherWriterHearsTheContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	holding, waiting := open(t, path), open(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	err := holding.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(*store.State) error {
		// This test holds the lock: the other store has to wait until its context
		// ends.
		time.AfterFunc(150*time.Millisecond, cancel)
		if err := waiting.SetSecret(ctx, "x", "y"); !errors.Is(err, context.Canceled) {
			t.Errorf("write beside a held lock = %v, want context.Canceled", err)
		}
		// Readers do not wait for the lock.
		_, err := waiting.Parcels(t.Context()) //nolint:contextcheck // the other context is at its end
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := holding.Secret(t.Context(), "x"); !errors.Is(err, parcel.ErrNotFound) {
		t.Errorf("the write that gave up was written all the same: %v", err)
	}
}

// names returns the names of the files in a folder.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}
