package postgres_test

import (
	"os"
	"testing"

	"parcelwatch/store"
	"parcelwatch/store/postgres"
	"parcelwatch/store/storetest"
	"parcelwatch/test/beside"
	"parcelwatch/test/pgtest"
)

var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	beside.Run(8)
	os.Exit(cluster.Run(m))
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		t.Helper()
		url := database(t)
		return storetest.Harness{
			Store:  open(t, url),
			Reopen: func() store.Store { return open(t, url) },
			Dir:    t.TempDir(),

			OwnClock: true,
		}
	})
}

// database returns the URL of a new database with the current tables.
func database(t *testing.T) string {
	t.Helper()
	return cluster.Ready(t, func(url string) error {
		db, err := postgres.Open(t.Context(), url, nil, store.Options{})
		if err != nil {
			return err
		}
		return db.Close()
	})
}

func open(t *testing.T, url string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), url, nil, store.Options{Now: storetest.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
