package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parcelwatch/store"
	"parcelwatch/store/storetest"
	"parcelwatch/test/pgtest"
)

// scribe writes ascending numbers into the history of a household, and remembers which
// writes succeeded.
type scribe struct {
	household string
	stored    []int
	count     atomic.Int64
}

func (s *scribe) run(ctx context.Context, t *testing.T, db store.Store) {
	t.Helper()
	for n := 1; ctx.Err() == nil; n++ {
		err := sign(ctx, db, s.household, strconv.Itoa(n)+" ")
		switch {
		case err == nil:
			s.stored = append(s.stored, n)
			s.count.Add(1)
		case !errors.Is(err, store.ErrAway) && !errors.Is(err, store.ErrLeaseLost) && ctx.Err() == nil:
			t.Errorf("%s: %v", s.household, err)
			return
		}
		rest(ctx)
	}
}

// check compares the history with what was stored: nothing is there twice or out of order,
// and nothing is missing unless some may be lost.
func (s *scribe) check(t *testing.T, db store.Store, mayLose bool) {
	t.Helper()
	var there []int
	for word := range strings.FieldsSeq(history(t, db, s.household)) {
		n, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		there = append(there, n)
	}
	if !slices.IsSorted(there) || len(slices.Compact(slices.Clone(there))) != len(there) {
		t.Errorf("%s: something is stored twice: %v", s.household, there)
	}
	lost := slices.DeleteFunc(slices.Clone(s.stored), func(n int) bool { return slices.Contains(there, n) })
	if len(lost) > 0 && !mayLose {
		t.Errorf("%s: %v are lost", s.household, lost)
	}
}

// during lets a daemon work for two households while something happens to the database.
func during(t *testing.T, url string, mayLose bool, happens func()) {
	t.Helper()
	households := names(2)
	db, daemon := open(t, url), open(t, url)
	begin(t, db, households)
	claim(t, daemon, households...)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var work sync.WaitGroup
	work.Go(func() {
		for ctx.Err() == nil {
			_, err := daemon.Claim(ctx, store.Node{Name: "a daemon", Started: storetest.Now()}, households)
			if err != nil && !errors.Is(err, store.ErrAway) && !errors.Is(err, store.ErrLeaseLost) && ctx.Err() == nil {
				t.Error(err)
				return
			}
			rest(ctx)
		}
	})
	var scribes []*scribe
	for _, name := range households {
		s := &scribe{household: name}
		scribes = append(scribes, s)
		work.Go(func() { s.run(ctx, t, daemon) })
	}
	more := func() {
		for _, s := range scribes {
			for from := s.count.Load(); s.count.Load() < from+30 && !t.Failed() && t.Context().Err() == nil; {
				if _, err := db.Nodes(t.Context()); err != nil && !errors.Is(err, store.ErrAway) {
					t.Error(err)
				}
				rest(t.Context())
			}
		}
	}
	more()
	happens()
	more()
	stop()
	work.Wait()
	for _, s := range scribes {
		s.check(t, db, mayLose)
	}
}

func TestAPromotedStandbyIsWrittenOn(t *testing.T) {
	t.Parallel()
	for _, sync := range []bool{true, false} {
		t.Run(map[bool]string{true: "synchronous", false: "asynchronous"}[sync], func(t *testing.T) {
			t.Parallel()
			primary := &pgtest.Cluster{Settings: []string{"synchronous_commit=on"}}
			t.Cleanup(primary.Stop)
			url := primary.Database(t, "")
			port, err := pgtest.FreePort()
			if err != nil {
				t.Fatal(err)
			}
			standby, err := primary.Standby(t.Context(), port)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(standby.Stop)
			if sync {
				primary.Exec(t, `ALTER SYSTEM SET synchronous_standby_names = '*'`)
				primary.Exec(t, `SELECT pg_reload_conf()`)
			}
			either := strings.Replace(url, primary.Addr(), primary.Addr()+","+standby.Addr(), 1) + "&target_session_attrs=read-write&connect_timeout=2"
			during(t, either, !sync, func() {
				primary.Crash()
				if err := standby.Promote(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestADatabaseThatIsRestartedIsWrittenOn(t *testing.T) {
	t.Parallel()
	own := &pgtest.Cluster{Settings: []string{"synchronous_commit=on"}}
	t.Cleanup(own.Stop)
	during(t, own.Database(t, ""), false, func() {
		own.Crash()
		own.Up(t)
	})
}

func TestACommitWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	db := open(t, database(t))
	begin(t, db, []string{"home"})
	for _, c := range []struct {
		name                 string
		committed, restarted bool
		repeated, away       bool
	}{
		{name: "is taken as stored if it was committed", committed: true},
		{name: "is repeated if it was not committed", repeated: true},
		{name: "fails and is not repeated if the server was started meanwhile", committed: true, restarted: true, away: true},
		{name: "is repeated after a start of the server that knows it as not committed", restarted: true, repeated: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			repeated, err := db.Outcome(t.Context(), c.committed, c.restarted)
			if repeated != c.repeated {
				t.Errorf("repeated: %v after %v", repeated, err)
			}
			if errors.Is(err, store.ErrAway) != c.away {
				t.Errorf("got %v", err)
			}
			if (err == nil) != (!c.repeated && !c.away) {
				t.Errorf("got %v", err)
			}
		})
	}
}
