package status_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/internal/status"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

func TestAListOfManyParcelsComesInPages(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "p.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	const parcels = 2*status.PageRows + 1
	fill := func(s *store.State) error {
		for i := range parcels {
			p := &parcel.Parcel{FirstSeen: now.Add(time.Duration(i) * time.Second), Status: parcel.InTransit}
			p.AddLink(parcel.Link{Number: number.Number(fmt.Sprintf("LP%014d", i)), Certainty: parcel.Certain})
			s.Parcels = append(s.Parcels, p)
		}
		s.Orders = append(s.Orders, &parcel.Order{ID: "8190000000000001", FirstSeen: now, Step: parcel.StepConfirmed, StepAt: now})
		return nil
	}
	if err := db.Apply(t.Context(), store.Scope{Now: now}, fill); err != nil {
		t.Fatal(err)
	}
	whole, err := status.List(t.Context(), db, false, now)
	if err != nil || len(whole) != parcels+1 {
		t.Fatalf("%d rows, error %v, want %d", len(whole), err, parcels+1)
	}
	for _, all := range []bool{false, true} {
		seen := map[string]bool{}
		for page, want := range []int{status.PageRows, status.PageRows, 2, 2} { // there is no fourth page
			rows, pages, err := status.Page(t.Context(), db, all, page+1, now)
			if err != nil || pages != 3 || len(rows) != want {
				t.Errorf("all %t, page %d: %d rows of %d pages, error %v, want %d of 3", all, page+1, len(rows), pages, err, want)
			}
			for _, r := range rows {
				seen[fmt.Sprint(r.Number, r.Orders)] = true
			}
		}
		if len(seen) != parcels+1 {
			t.Errorf("all %t: the pages have %d rows, want %d", all, len(seen), parcels+1)
		}
	}
}
