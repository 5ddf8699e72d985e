package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

func TestBackup(t *testing.T) {
	t.Parallel()
	t.Run("is consistent while another writes", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		db, writer := open(t, filepath.Join(dir, "p.db")), open(t, filepath.Join(dir, "p.db"))
		ctx, cancel := context.WithCancel(t.Context())
		started, done := make(chan struct{}), make(chan error)
		go func() {
			for n := 0; ; n++ {
				p := parcelOf(number.Number(fmt.Sprintf("NUMBER-%d", n)))
				err := writer.Apply(ctx, store.Scope{Now: storetest.Now()}, func(st *store.State) error {
					st.Parcels = append(st.Parcels, p)
					st.Changes = []store.NewChange{{Change: parcel.Change{Key: string(p.Number())}, Of: p}}
					return nil
				})
				if n == 10 {
					close(started)
				}
				if err != nil {
					done <- err
					return
				}
			}
		}()
		<-started
		file := filepath.Join(dir, "backup.db")
		if err := db.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		saved := open(t, file)
		if err := saved.Check(t.Context()); err != nil {
			t.Error(err)
		}
		parcels, err := saved.Parcels(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		changes, err := saved.Pending(t.Context(), "me", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if len(parcels) < 10 || len(parcels) != len(changes) {
			t.Errorf("the backup holds %d parcels and %d changes, want at least 10 and as many", len(parcels), len(changes))
		}
	})

	t.Run("overwrites nothing and is the owner's only", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		db := open(t, filepath.Join(dir, "p.db"))
		file := filepath.Join(dir, "it's a backup.db")
		if err := db.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
			t.Errorf("backup: %v, %v; want mode 600", info.Mode(), err)
		}
		before := read(t, file)
		if err := db.Backup(t.Context(), file); !errors.Is(err, os.ErrExist) {
			t.Errorf("a backup onto a file that is there = %v", err)
		}
		if string(before) != string(read(t, file)) {
			t.Error("the earlier backup was changed")
		}
	})

	t.Run("a cancelled one leaves no file", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		db := open(t, filepath.Join(dir, "p.db"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		file := filepath.Join(dir, "b.db")
		if err := db.Backup(ctx, file); !errors.Is(err, context.Canceled) {
			t.Errorf("Backup = %v", err)
		}
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("half a backup stayed: %v", err)
		}
	})
}

func TestRestore(t *testing.T) {
	t.Parallel()
	t.Run("brings back the backup and keeps what was there", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path, backup := filepath.Join(dir, "p.db"), filepath.Join(dir, "backup.db")
		db := open(t, path)
		storetest.Fill(t, db)
		want := contents(t, db)
		if err := db.Backup(t.Context(), backup); err != nil {
			t.Fatal(err)
		}
		put(t, db, "RA900000172SG")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second replaces the copy that the first kept
			if err := sqlite.Restore(t.Context(), path, backup); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Remove(path + ".before-restore"); err != nil {
			t.Errorf("what was there before: %v", err)
		}
		if diff := cmp.Diff(want, contents(t, open(t, path))); diff != "" {
			t.Errorf("restored (-want +got):\n%s", diff)
		}
	})

	t.Run("into a place where no store is yet", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		backup := filepath.Join(dir, "backup.db")
		put(t, open(t, backup), "RB123456785CN")
		path := filepath.Join(dir, "new", "p.db")
		if err := sqlite.Restore(t.Context(), path, backup); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t, path).ParcelByNumber(t.Context(), "RB123456785CN"); err != nil {
			t.Error(err)
		}
	})

	t.Run("in the place of a damaged store", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path, backup := filepath.Join(dir, "p.db"), filepath.Join(dir, "backup.db")
		put(t, open(t, backup), "RB123456785CN")
		for _, side := range []string{"", "-wal", "-shm"} {
			write(t, path+side, []byte(strings.Repeat("damaged", 999)))
		}
		if err := sqlite.Restore(t.Context(), path, backup); err != nil {
			t.Fatal(err)
		}
		db := open(t, path)
		if _, err := db.ParcelByNumber(t.Context(), "RB123456785CN"); err != nil {
			t.Error(err)
		}
		if err := db.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})

	t.Run("refuses what is no good, and a running daemon, and changes nothing", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path, text := filepath.Join(dir, "p.db"), filepath.Join(dir, "text")
		db := open(t, path)
		put(t, db, "RB123456785CN")
		write(t, text, []byte("no database"))
		empty, good := filepath.Join(dir, "empty"), filepath.Join(dir, "good")
		write(t, empty, nil)
		if err := db.Backup(t.Context(), good); err != nil {
			t.Fatal(err)
		}
		for file, want := range map[string]error{
			text: store.ErrCorrupt, empty: store.ErrForeign, filepath.Join(dir, "none"): os.ErrNotExist,
		} {
			if err := sqlite.Restore(t.Context(), path, file); !errors.Is(err, want) {
				t.Errorf("Restore of %s = %v, want %v", filepath.Base(file), err, want)
			}
		}
		release, err := sqlite.Lock(path)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if err := sqlite.Restore(t.Context(), path, good); !errors.Is(err, store.ErrInUse) {
			t.Errorf("Restore beside a daemon = %v, want ErrInUse", err)
		}
		if _, err := db.ParcelByNumber(t.Context(), "RB123456785CN"); err != nil {
			t.Error(err)
		}
		if err := sqlite.Restore(t.Context(), path, path); err == nil {
			t.Error("a store was restored from itself")
		}
	})
}

func TestCheckFindsDamageUnderAnOpenStore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	db := open(t, path)
	storetest.Fill(t, db)
	if err := db.Check(t.Context()); err != nil {
		t.Fatalf("a sound store: %v", err)
	}
	runScript(t, path, "PRAGMA foreign_keys = 0; INSERT INTO number (number, parcel_id) VALUES ('X-12345', 999)")
	if err := db.Check(t.Context()); !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), "number") {
		t.Errorf("Check of rows that belong to nothing = %v", err)
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "p.db"))
	ctx, now := t.Context(), storetest.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	final, moving := parcelOf("RB123456785CN"), parcelOf("RA900000172SG")
	final.Status, final.FinalAt = parcel.Delivered, now
	must(db.Apply(ctx, store.Scope{Now: now}, func(st *store.State) error {
		st.Parcels = []*parcel.Parcel{final, moving}
		for i, p := range []*parcel.Parcel{final, final, moving} {
			st.Changes = append(st.Changes, store.NewChange{Change: parcel.Change{Key: strconv.Itoa(i), Quiet: i == 1}, Of: p})
		}
		return nil
	}))
	must(db.Tell(ctx, []parcel.Change{{Key: "never told"}}))
	told, err := db.Pending(ctx, "me", time.Time{})
	must(err)
	m := store.Message{ID: "1@x", Audience: "me", Slot: "1", Raw: []byte("raw"), Made: now, Deliveries: []store.Delivery{{To: "a", State: store.DeliveryRefused}}}
	must(db.Enqueue(ctx, m, []int64{told[0].ID, told[1].ID}))
	must(db.KeepAnswer(ctx, "upu", []byte("x"), now))
	_, err = db.Take(ctx, "upu", "2026-03-01", 1, 0)
	must(err)
	for _, step := range []struct {
		name string
		at   time.Time
		want store.Pruned
	}{
		{"at once", now, store.Pruned{}},
		{"after 39 days", now.AddDate(0, 0, 39), store.Pruned{}},
		{"after 42 days", now.AddDate(0, 0, 42), store.Pruned{Days: 1}},
		{"after 59 days", now.AddDate(0, 0, 59), store.Pruned{}},
		{"after 61 days", now.AddDate(0, 0, 61), store.Pruned{Bodies: 1}},
		{"after 89 days", now.AddDate(0, 0, 89), store.Pruned{}},
		{"after 91 days", now.AddDate(0, 0, 91), store.Pruned{Answers: 1}},
		{"again", now.AddDate(0, 0, 91), store.Pruned{}},
		{"just before two years", now.AddDate(2, 0, -1), store.Pruned{}},
		{"after two years", now.AddDate(2, 0, 1), store.Pruned{Changes: 2}},
	} {
		got, err := db.Prune(ctx, step.at)
		must(err)
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	// A change that was never announced is still announced, and no parcel is
	// dropped.
	left, err := db.Pending(ctx, "me", time.Time{})
	must(err)
	if len(left) != 1 || left[0].Key != "never told" {
		t.Errorf("pending after pruning = %+v", left)
	}
	all, err := db.Parcels(ctx)
	must(err)
	if len(all) != 2 {
		t.Errorf("%d parcels are left, want 2", len(all))
	}
	changes, err := db.Changes(ctx, moving.ID)
	must(err)
	if len(changes) != 1 {
		t.Errorf("%d changes of the parcel on its way are left, want 1", len(changes))
	}
}
