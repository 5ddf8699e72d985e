package postgres_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/postgres"
	"parcelwatch/store/storetest"
)

// A history is the title of a household's only parcel, to which each transaction of a node
// appends that node's letter. Transactions of one household follow each other, so it shows
// the order in which they were committed.

// begin adds the parcel of each household.
func begin(t *testing.T, db store.Store, households []string) {
	t.Helper()
	for _, name := range households {
		if err := db.Household(name).Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
			st.Parcels = []*parcel.Parcel{{Status: parcel.InTransit, FirstSeen: storetest.Now(), Links: []parcel.Link{{Number: "RB123456785CN"}}}}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// sign appends the letter of a node to the history of a household.
func sign(ctx context.Context, db store.Store, household, letter string) error {
	return db.Household(household).Apply(ctx, store.Scope{Numbers: numbers(), Now: storetest.Now()}, func(st *store.State) error {
		st.Parcels[0].Title += letter
		return nil
	})
}

// rest is the pause between two writes of a daemon that writes all the time. Without it,
// such daemons keep the machine busy for as long as a lease lasts.
func rest(ctx context.Context) {
	pause := time.NewTimer(10 * time.Millisecond)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	}
}

func history(t *testing.T, db store.Store, household string) string {
	t.Helper()
	all, err := db.Household(household).Parcels(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d parcels of %s, %v", len(all), household, err)
	}
	return all[0].Title
}

// orderly reports whether no node has written after another one that came after it, and
// returns how many nodes have written.
func orderly(history string) (nodes int, ok bool) {
	runs := slices.Compact([]rune(history))
	seen := map[rune]bool{}
	for _, r := range runs {
		if seen[r] {
			return len(runs), false
		}
		seen[r] = true
	}
	return len(runs), true
}

// letters gives each node a letter of its own.
type letters struct{ n atomic.Int32 }

func (l *letters) next() string { return string(0x4e00 + l.n.Add(1)) }

// TestNoWriteOfAnOldHolderFollowsOneOfANewHolder lets daemons write all the time while
// their leases end, and while they give households back that they still write for.
func TestNoWriteOfAnOldHolderFollowsOneOfANewHolder(t *testing.T) {
	t.Parallel()
	const daemons, takeovers = 3, 60
	url, households := database(t), names(4)
	first := open(t, url)
	begin(t, first, households)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var (
		work   sync.WaitGroup
		letter letters
		lives  atomic.Int32
	)
	for range daemons {
		d := &daemonLife{db: open(t, url), households: households, letters: &letter, lives: &lives}
		work.Go(func() { d.run(ctx, t) })
	}
	for lives.Load() < takeovers && ctx.Err() == nil && !t.Failed() {
		lapse(t, url)
		if _, err := first.Nodes(ctx); err != nil {
			t.Error(err)
		}
	}
	stop()
	work.Wait()
	for _, name := range households {
		all := history(t, first, name)
		nodes, ok := orderly(all)
		if !ok {
			t.Errorf("%s was written by an old holder after a new one: %s", name, all)
		}
		if nodes < 3 {
			t.Errorf("%s changed hands %d times only: the test shows nothing", name, nodes)
		}
	}
}

// daemonLife is a daemon that claims and writes, and is a new node whenever it has lost
// its lease or has given up everything.
type daemonLife struct {
	db         *postgres.DB
	households []string
	letters    *letters
	lives      *atomic.Int32
}

func (d *daemonLife) run(ctx context.Context, t *testing.T) {
	t.Helper()
	for ctx.Err() == nil {
		if err := d.live(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
			return
		}
		d.lives.Add(1)
	}
}

// live is the life of one node.
func (d *daemonLife) live(ctx context.Context) error {
	letter := d.letters.next()
	working, end := context.WithCancelCause(ctx)
	defer end(nil)
	wanted := slices.Clone(d.households) // none that it has given back
	writing := map[string]bool{}
	var work sync.WaitGroup
	defer work.Wait()
	for n := range 40 {
		c, err := d.db.Claim(ctx, store.Node{Name: letter}, wanted)
		if errors.Is(err, store.ErrLeaseLost) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, name := range c.Held {
			if !writing[name] {
				writing[name] = true
				for range 2 { // so that one waits while the other one writes
					work.Go(func() { d.write(working, name, letter, end) })
				}
			}
		}
		if n%5 == 4 { // in the middle of the work
			gone := c.Held[:rand.IntN(len(c.Held)+1)]
			if err := d.db.Release(ctx, gone...); err != nil || len(gone) == 0 {
				return err
			}
			wanted = slices.DeleteFunc(wanted, func(name string) bool { return slices.Contains(gone, name) })
		}
		if cause := context.Cause(working); cause != nil {
			return nil
		}
	}
	return d.db.Release(ctx)
}

// write writes for a household until the store refuses.
func (d *daemonLife) write(ctx context.Context, name, letter string, end context.CancelCauseFunc) {
	for ctx.Err() == nil {
		if err := sign(ctx, d.db, name, letter); err != nil {
			if !errors.Is(err, store.ErrLeaseLost) {
				end(err)
			}
			return
		}
	}
}

// TestSlotsAndBudgetsHoldForAllDaemons lets daemons whose clocks differ book at once.
func TestSlotsAndBudgetsHoldForAllDaemons(t *testing.T) {
	t.Parallel()
	const daemons, each, budget, interval = 4, 12, 30, time.Minute
	url := database(t)
	var (
		work  sync.WaitGroup
		mu    sync.Mutex
		slots []int
		taken atomic.Int32
	)
	begun := time.Now()
	for i := range daemons {
		db := open(t, url)
		claim(t, db, names(daemons)...)
		skew := time.Duration(i-1) * 37 * time.Hour
		work.Go(func() {
			for range each {
				at, err := db.Reserve(t.Context(), "a.example", interval, begun.Add(skew))
				if err != nil {
					t.Error(err)
					return
				}
				ok, err := db.Take(t.Context(), "upu", "2026-03-01", 1, budget)
				if err != nil {
					t.Error(err)
					return
				}
				if ok {
					taken.Add(1)
				}
				mu.Lock()
				slots = append(slots, int((at.Sub(begun.Add(skew))+interval/2)/interval))
				mu.Unlock()
			}
		})
	}
	work.Wait()
	slices.Sort(slots)
	if got := len(slices.Compact(slots)); got != daemons*each {
		t.Errorf("%d slots of %d bookings", got, daemons*each)
	}
	if taken.Load() != budget {
		t.Errorf("%d of a budget of %d were taken", taken.Load(), budget)
	}
}

func numbers() []number.Number { return []number.Number{"RB123456785CN"} }
