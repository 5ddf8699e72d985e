package postgres_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

// TestAStoreIsCopiedThereAndBack copies a store with everything and a parcel whose title
// and folder PostgreSQL could not store as they are.
func TestAStoreIsCopiedThereAndBack(t *testing.T) {
	t.Parallel()
	file := sqliteStore(t)
	storetest.Fill(t, file)
	other := file.Household("other")
	if err := other.SetSecret(t.Context(), "oauth/home", "another"); err != nil {
		t.Fatal(err)
	}
	if err := other.SaveCheckpoint(t.Context(), "home", "IN\x00BOX", store.Checkpoint{UID: 1}); err != nil {
		t.Fatal(err)
	}
	for i := range 200 { // more than one statement adds
		if err := other.SaveCheckpoint(t.Context(), "home", time.Duration(i).String(), store.Checkpoint{UID: 1}); err != nil {
			t.Fatal(err)
		}
	}
	last := found(t, file)
	if err := file.Forget(t.Context(), last, false); err != nil {
		t.Fatal(err)
	}
	database := open(t, database(t))
	there, err := rows.Copy(t.Context(), file.Tables(), database.Tables())
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range rows.Tables() {
		if there[table.Name] == 0 {
			t.Errorf("table %s is empty: the test does not show that it is copied", table.Name)
		}
	}
	back := sqliteStore(t)
	again, err := rows.Copy(t.Context(), database.Tables(), back.Tables())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(there, again); diff != "" {
		t.Errorf("rows (-there +back):\n%s", diff)
	}
	if diff := cmp.Diff(contents(t, file), contents(t, database)); diff != "" {
		t.Errorf("contents (-file +database):\n%s", diff)
	}
	if diff := cmp.Diff(contents(t, file), contents(t, back)); diff != "" {
		t.Errorf("contents (-file +copied back):\n%s", diff)
	}
	for name, db := range map[string]store.Store{"database": database, "copied back": back} {
		if id := found(t, db); id != last+1 {
			t.Errorf("%s: the next parcel has id %d after %d was forgotten", name, id, last)
		}
	}
	if _, err := rows.Copy(t.Context(), file.Tables(), database.Tables()); !errors.Is(err, rows.ErrNotEmpty) {
		t.Errorf("copied into a store with contents: %v", err)
	}
}

func TestACopyThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	file := sqliteStore(t)
	storetest.Fill(t, file)
	if err := file.SetSecret(t.Context(), "odd", "a\x00b"); err != nil {
		t.Fatal(err)
	}
	database := open(t, database(t))
	if _, err := rows.Copy(t.Context(), file.Tables(), database.Tables()); err == nil {
		t.Fatal("a secret was changed")
	}
	if all, err := database.Parcels(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("%d parcels, %v", len(all), err)
	}
	if err := file.SetSecret(t.Context(), "odd", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := rows.Copy(t.Context(), file.Tables(), database.Tables()); err != nil {
		t.Errorf("copied again: %v", err)
	}
}

func sqliteStore(t *testing.T) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "p.db"), store.Options{Now: storetest.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// everything is what a store is asked for.
type everything struct {
	Parcels  []parcel.Parcel
	Orders   []parcel.Order
	Changes  []parcel.Change
	Messages []store.Message
	Health   parcel.Health
}

func contents(t *testing.T, db store.Store) (c everything) {
	t.Helper()
	var errs [5]error
	c.Parcels, errs[0] = db.Parcels(t.Context())
	c.Orders, errs[1] = db.Orders(t.Context())
	c.Changes, errs[2] = db.Pending(t.Context(), "nobody", time.Time{})
	c.Messages, errs[3] = db.DueMessages(t.Context(), storetest.Now().AddDate(1, 0, 0), 10)
	c.Health, errs[4] = db.Health(t.Context())
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return c
}
