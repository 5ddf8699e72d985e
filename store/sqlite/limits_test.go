package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

func TestFullDiskIsNamedAndLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	db := open(t, path)
	sqlite.LimitPages(t, db, 80)
	stored := 0
	var err error
	for ; stored < 1000; stored++ {
		p := parcelOf(number.Number(fmt.Sprintf("NUMBER-%d", stored)))
		p.Title = strings.Repeat("x", 2000)
		if err = db.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
			st.Parcels = append(st.Parcels, p)
			return nil
		}); err != nil {
			break
		}
	}
	if !errors.Is(err, store.ErrNoSpace) || !strings.Contains(err.Error(), "make room") {
		t.Fatalf("after %d parcels: %v, want ErrNoSpace", stored, err)
	}
	all, err := db.Parcels(t.Context())
	if err != nil || len(all) != stored {
		t.Errorf("%d parcels are there, %v; want the %d acknowledged", len(all), err, stored)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "p.db"))
	put(t, db, "RB123456785CN")
	for name, decide := range map[string]func(st *store.State){
		"a parcel that was not loaded": func(st *store.State) {
			p := parcelOf("RA900000172SG")
			p.ID = 1
			st.Parcels = append(st.Parcels, p)
		},
		"a parcel with an empty number": func(st *store.State) { st.Parcels = append(st.Parcels, parcelOf("")) },
		"an order without an id":        func(st *store.State) { st.Orders = append(st.Orders, &parcel.Order{}) },
	} {
		if err := db.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
			decide(st)
			return nil
		}); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	all, err := db.Parcels(t.Context())
	if err != nil || len(all) != 1 || all[0].Number() != "RB123456785CN" {
		t.Errorf("parcels = %+v, %v; want the first one untouched", all, err)
	}
}

func TestClosedStoreAnswersWithAnError(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "p.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := db.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	for name, f := range map[string]func(context.Context) error{
		"read":  func(ctx context.Context) error { _, err := db.Parcels(ctx); return err },
		"write": func(ctx context.Context) error { return db.SetSecret(ctx, "a", "b") },
		"check": db.Check,
	} {
		if f(t.Context()) == nil {
			t.Errorf("%s on a closed store gives no error", name)
		}
	}
}
