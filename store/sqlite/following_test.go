package sqlite_test

import (
	"path/filepath"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/storetest"
)

func TestFollowingCountsWhatParcelsLists(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "p.db"))
	err := db.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(s *store.State) error {
		for i := range 5 {
			s.Parcels = append(s.Parcels, travelled(i))
		}
		s.Parcels[1].Status, s.Parcels[1].FinalAt = parcel.Delivered, storetest.Now()
		s.Parcels[3].Closed = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := db.Following(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	listed, err := db.Parcels(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if got != 3 || len(listed) != got {
		t.Errorf("following %d, listed %d, want 3 of 5", got, len(listed))
	}
}
