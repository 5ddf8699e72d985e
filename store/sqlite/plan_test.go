package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

// Reading the table takes half a second with 100,000 parcels.
func TestParcelsAreCountedInIndexes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for count, index := range map[string]string{
		rows.CountFollowed: "parcel_", rows.CountUnverified: "parcel_unproven", rows.CountByStatus: "parcel_status",
	} {
		var id, parent, unused int
		var plan string
		if err := db.QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN `+count, store.Home).Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, " INDEX "+index) {
			t.Errorf("%s\nthe plan: %s", count, plan)
		}
	}
}
