package postgres_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/postgres"
	"parcelwatch/store/storetest"
	"parcelwatch/test/pgtest"
)

// found adds a parcel and returns its id.
func found(t *testing.T, db store.Store) int64 {
	t.Helper()
	p := &parcel.Parcel{Status: parcel.InTransit, FirstSeen: storetest.Now(), Links: []parcel.Link{{Number: "RB123456785CN"}}}
	if err := db.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
		st.Parcels = append(st.Parcels, p)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// longer makes the parcel's title one letter longer.
func longer(ctx context.Context, db store.Store, id int64, during func()) error {
	return db.Apply(ctx, store.Scope{Parcels: []int64{id}, Now: storetest.Now()}, func(st *store.State) error {
		during()
		st.Parcels[0].Title += "x"
		return nil
	})
}

func title(t *testing.T, db store.Store, id int64) int {
	t.Helper()
	all, err := db.ParcelsByID(t.Context(), []int64{id})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d parcels, %v", len(all), err)
	}
	return len(all[0].Title)
}

func TestProcessesThatChangeOneParcelLoseNothing(t *testing.T) {
	t.Parallel()
	const writers, each = 4, 15
	url := database(t)
	id := found(t, open(t, url))
	var work sync.WaitGroup
	for range writers {
		db := open(t, url)
		work.Go(func() {
			for range each {
				if err := longer(t.Context(), db, id, func() {}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	if got := title(t, open(t, url), id); got != writers*each {
		t.Errorf("%d of %d changes are left", got, writers*each)
	}
}

// TestAConnectionThatIsCutOffIsReplaced cuts all connections in the middle of a
// transaction: it is repeated, and nothing happens twice.
func TestAConnectionThatIsCutOffIsReplaced(t *testing.T) {
	t.Parallel()
	url := database(t)
	db := open(t, url)
	id := found(t, db)
	var calls atomic.Int64
	err := longer(t.Context(), db, id, func() {
		if calls.Add(1) == 1 {
			cluster.Cut(t, url)
		}
	})
	if got := title(t, db, id); err != nil || calls.Load() != 2 || got != 1 {
		t.Errorf("decided %d times, %d changes, %v", calls.Load(), got, err)
	}
	if _, err := db.Parcels(t.Context()); err != nil {
		t.Errorf("after all connections were cut: %v", err)
	}
}

// TestADatabaseThatIsAwayIsNamedAndComesBack has a server of its own.
func TestADatabaseThatIsAwayIsNamedAndComesBack(t *testing.T) {
	t.Parallel()
	own := pgtest.Cluster{Settings: []string{"synchronous_commit=on"}}
	t.Cleanup(own.Stop)
	url := own.Database(t, "")
	db := open(t, url)
	id := found(t, db)
	own.Crash()
	if _, err := postgres.Open(t.Context(), url, nil, store.Options{}); !errors.Is(err, store.ErrAway) {
		t.Errorf("opened while the database is away: %v", err)
	}
	if err := longer(t.Context(), db, id, func() {}); !errors.Is(err, store.ErrAway) {
		t.Errorf("written while the database is away: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := longer(ended, db, id, func() {}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended while the database is away: %v", err)
	}
	waiting := make(chan error)
	go func() { waiting <- longer(t.Context(), db, id, func() {}) }()
	own.Up(t)
	if err := <-waiting; err != nil {
		t.Errorf("written while the database comes back: %v", err)
	}
	if got := title(t, db, id); got != 1 {
		t.Errorf("%d changes are stored", got)
	}
}

func TestACommandHasTheStoreForItself(t *testing.T) {
	t.Parallel()
	url := database(t)
	first, second := postgres.At(url, nil), postgres.At(url, nil)
	release, err := first.Exclusive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db, err := first.Open(t.Context(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	id := found(t, db)
	if _, err := second.Exclusive(t.Context()); !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), "process") {
		t.Errorf("a second command: %v", err)
	}
	daemon := open(t, url)
	if _, err := daemon.Claim(t.Context(), store.Node{Name: "host, process 7"}, []string{store.Home}); !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), "process") {
		t.Errorf("a daemon meanwhile: %v", err)
	}
	// The command is not heard for too long, by the clock of the database.
	exec(t, url, `UPDATE lease SET until = now() - interval '1 s'`)
	release2, err := second.Exclusive(t.Context())
	if err != nil {
		t.Fatalf("after the lease ended: %v", err)
	}
	if err := longer(t.Context(), db, id, func() {}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("the first command writes on: %v", err)
	}
	if err := longer(t.Context(), open(t, url), id, func() {}); err != nil {
		t.Errorf("a command that only opens the store: %v", err)
	}
	release()
	if _, err := first.Exclusive(t.Context()); !errors.Is(err, store.ErrInUse) {
		t.Errorf("the first command gave away what the second one has: %v", err)
	}
	release2()
	claim(t, daemon, store.Home)
	if _, err := first.Exclusive(t.Context()); !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), "a daemon") {
		t.Errorf("while a daemon is alive: %v", err)
	}
	if err := daemon.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	release, err = first.Exclusive(t.Context())
	if err != nil {
		t.Fatalf("after it was given back: %v", err)
	}
	release()
}

func TestStoresThatAreMadeAtOnceAreOne(t *testing.T) {
	t.Parallel()
	cluster.Need(t)
	url := cluster.Database(t, "")
	var work sync.WaitGroup
	for i := range 4 {
		work.Go(func() {
			db, err := postgres.Open(t.Context(), url, nil, store.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if err := db.SetSecret(t.Context(), strconv.Itoa(i), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
}
