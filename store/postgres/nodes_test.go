package postgres_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/postgres"
	"parcelwatch/store/storetest"
)

// claim is one beat of a daemon, which must succeed.
func claim(t *testing.T, db *postgres.DB, households ...string) store.Claims {
	t.Helper()
	c, err := db.Claim(t.Context(), store.Node{Name: "a daemon", Version: "1.0", Started: storetest.Now()}, households)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// settle lets the daemons beat and give up what they have too much until nobody does, and
// returns how many households each holds. No household may have two daemons or none.
func settle(t *testing.T, households []string, nodes ...*postgres.DB) []int {
	t.Helper()
	var counts []int
	for range 2 {
		holder := map[string]int{}
		counts = nil
		for i, db := range nodes {
			c := claim(t, db, households...)
			if len(c.Surplus) > 0 {
				if err := db.Release(t.Context(), c.Surplus...); err != nil {
					t.Fatal(err)
				}
				c = claim(t, db, households...)
			}
			for _, h := range c.Held {
				if other, taken := holder[h]; taken {
					t.Fatalf("%s is held by %d and %d", h, other, i)
				}
				holder[h] = i
			}
			counts = append(counts, len(c.Held))
		}
		if len(holder) == len(households) && slices.Max(counts)-slices.Min(counts) <= 1 {
			return counts
		}
	}
	t.Errorf("the %d households are shared as %v", len(households), counts)
	return counts
}

func names(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("h%03d", i))
	}
	return all
}

// lapse ends the leases of all nodes with that id or, without ids, of all nodes, by the
// clock of the database.
func lapse(t *testing.T, url string, ids ...int64) {
	t.Helper()
	query := `UPDATE node SET until = clock_timestamp() - interval '1 ms'`
	if len(ids) > 0 {
		query += ` WHERE id IN (` + strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ","), "[]") + `)`
	}
	exec(t, url, query)
}

func nodeIDs(t *testing.T, db store.Nodes) (ids []int64) {
	t.Helper()
	all, err := db.Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range all {
		if n.Alive {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

func TestDaemonsShareTheHouseholds(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 4, 5, 100} {
		t.Run(fmt.Sprint(n, " households"), func(t *testing.T) {
			t.Parallel()
			url, all := database(t), names(n)
			var nodes []*postgres.DB
			for range 3 {
				nodes = append(nodes, open(t, url))
				settle(t, all, nodes...)
			}
			if err := nodes[0].Release(t.Context()); err != nil {
				t.Fatal(err)
			}
			settle(t, all, nodes[1:]...)
			lapse(t, url, nodeIDs(t, nodes[1])[0])
			settle(t, all, nodes[2])
			settle(t, all, nodes[2], nodes[0])
		})
	}
}

func TestADaemonWhoseLeaseEndedWritesNothingAndComesBack(t *testing.T) {
	t.Parallel()
	url := database(t)
	old, other := open(t, url), open(t, url)
	write := func(db store.Store, household string) error {
		return db.Household(household).SetSecret(t.Context(), "x", "y")
	}
	if c := claim(t, old, "a", "b"); len(c.Held) != 2 || time.Until(c.Until) > store.NodeLease-store.NodeGuard || time.Until(c.Until) <= 0 {
		t.Errorf("claims %+v", c)
	}
	if err := errors.Join(write(old, "a"), write(old, "b")); err != nil {
		t.Fatal(err)
	}
	if err := write(old, "c"); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("a household that it does not hold: %v", err)
	}
	lapse(t, url)
	for name, err := range map[string]error{
		"its household":             write(old, "a"),
		"what the households share": old.SetCarrierHealth(t.Context(), parcel.CarrierHealth{Name: "upu"}),
	} {
		if !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("%s, before another daemon took over: %v", name, err)
		}
	}
	if c := claim(t, other, "a", "b"); len(c.Held) != 2 {
		t.Errorf("the other daemon holds %v", c.Held)
	}
	if err := write(old, "a"); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("its household, after another daemon took over: %v", err)
	}
	if _, err := old.Claim(t.Context(), store.Node{}, []string{"a", "b"}); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("the beat after the lease ended: %v", err)
	}
	if err := write(old, "a"); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("its household, before it is a new node: %v", err)
	}
	if c := claim(t, old, "a", "b"); len(c.Held) != 0 {
		t.Errorf("as a new node it holds %v", c.Held)
	}
	if got := settle(t, []string{"a", "b"}, old, other); !slices.Equal(got, []int{1, 1}) {
		t.Errorf("shared as %v", got)
	}
	if err := other.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := write(other, "b"); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("a daemon that has given back everything: %v", err)
	}
	if c := claim(t, old, "a", "b"); len(c.Held) != 2 {
		t.Errorf("after the other one stopped it holds %v", c.Held)
	}
	if all, err := old.Nodes(t.Context()); err != nil || len(all) != 3 {
		t.Errorf("%d nodes are listed, want all three of today: %v", len(all), err)
	}
}

// TestNobodyTakesOverFromATransactionUnderWay holds a transaction of a daemon open while
// its lease ends.
func TestNobodyTakesOverFromATransactionUnderWay(t *testing.T) {
	t.Parallel()
	url := database(t)
	old, other := open(t, url), open(t, url)
	id := found(t, old)
	claim(t, old, store.Home, "b")
	err := longer(t.Context(), old, id, func() {
		lapse(t, url)
		if c := claim(t, other, store.Home, "b"); len(c.Held) != 0 {
			t.Errorf("taken over: %v", c.Held)
		}
	})
	if err != nil {
		t.Errorf("the transaction that began in time: %v", err)
	}
	if c := claim(t, other, store.Home, "b"); len(c.Held) != 2 {
		t.Errorf("after its end: %v", c.Held)
	}
}

func TestAHouseholdThatWasRemovedIsNotClaimed(t *testing.T) {
	t.Parallel()
	url := database(t)
	daemon, command := open(t, url), open(t, url)
	if err := command.PutHousehold(t.Context(), store.HouseholdDoc{Name: "north", Doc: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	claim(t, daemon, store.Home, "north")
	if err := command.RemoveHousehold(t.Context(), "north"); err != nil {
		t.Fatal(err)
	}
	if err := daemon.Household("north").SetSecret(t.Context(), "x", "late"); err == nil {
		t.Error("a daemon writes for a household that was removed")
	}
	if c := claim(t, daemon, store.Home, "north"); !slices.Equal(c.Held, []string{store.Home}) {
		t.Errorf("held: %v", c.Held)
	}
}

func TestTheHeartbeatIsThatOfAllDaemons(t *testing.T) {
	t.Parallel()
	url := database(t)
	now := storetest.Now()
	var nodes []*postgres.DB
	for i := range 3 {
		db := open(t, url)
		claim(t, db, store.Home)
		skew := time.Duration(1-i) * time.Hour // of the clock of its machine
		beat := store.Heartbeat{Started: now.Add(skew), At: now.Add(skew), PID: i, NextDigest: now.Add(time.Duration(3-i) * time.Hour)}
		if i == 2 {
			beat.NextDigest = time.Time{}
		}
		if err := db.SaveHeartbeat(t.Context(), beat); err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, db)
	}
	read := func() store.Heartbeat {
		t.Helper()
		b, err := open(t, url).Heartbeat(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if b := read(); b.PID != 2 || !b.NextDigest.Equal(now.Add(2*time.Hour)) {
		t.Errorf("of three daemons: %+v", b)
	}
	for i, db := range nodes {
		if err := errors.Join(db.Release(t.Context()), db.SaveHeartbeat(t.Context(), store.Heartbeat{Started: now, Stopped: now.Add(time.Duration(i) * time.Second), PID: i})); err != nil {
			t.Fatal(err)
		}
		if b := read(); i < 2 && (!b.Alive(now) || b.NextDigest.IsZero() && i < 1) || i == 2 && (b.Alive(now) || b.LastAlive().IsZero()) {
			t.Errorf("after %d stopped: %+v", i, b)
		}
	}
}
