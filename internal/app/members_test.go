package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/api"
	households "parcelwatch/internal/household"
	"parcelwatch/store"
)

// estate is a store with nodes and households, as one daemon sees them.
type estate struct {
	mu       sync.Mutex
	configs  map[string]*config.Config
	faults   []error
	held     []string
	surplus  []string
	fails    error
	hangs    bool
	broken   map[string]error // households that cannot be prepared
	ends     map[string]error // households that end by themselves
	running  map[string]int
	begun    map[string]int
	released []string
	claimed  bool // a claim while a household of an ended lease still ran
	dawdles  time.Duration
	until    time.Duration // how long a claim lasts; 0 for ever
}

// Claim answers with what the test has set.
func (e *estate) Claim(ctx context.Context, _ store.Node, names []string) (store.Claims, error) {
	begun := time.Now()
	e.mu.Lock()
	hangs := e.hangs
	e.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return store.Claims{}, ctx.Err()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fails != nil {
		err := e.fails
		if errors.Is(err, store.ErrLeaseLost) {
			e.fails = nil
		}
		return store.Claims{}, err
	}
	c := store.Claims{Held: slices.Clone(e.held), Surplus: slices.Clone(e.surplus)}
	if e.held == nil {
		c.Held = names
	}
	if e.until > 0 {
		c.Until = begun.Add(e.until)
	}
	return c, nil
}

func (e *estate) Release(_ context.Context, names ...string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range names {
		if e.running[name] > 0 {
			e.claimed = true
		}
	}
	e.released = append(e.released, names...)
	return nil
}

func (e *estate) Nodes(context.Context) ([]store.Node, error) { return nil, nil }

func (e *estate) change(f func()) {
	e.mu.Lock()
	f()
	e.mu.Unlock()
	synctest.Wait()
}

func (e *estate) load(context.Context) (households.Set, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return households.Set{Configs: maps.Clone(e.configs), Faults: e.faults}, nil
}

func (e *estate) prepare(_ context.Context, h *household) (func(context.Context) error, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.broken[h.name]; err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		e.mu.Lock()
		e.running[h.name]++
		e.begun[h.name]++
		if e.running[h.name] > 1 {
			e.claimed = true
		}
		err, ends := e.ends[h.name]
		e.mu.Unlock()
		if !ends {
			<-ctx.Done()
			time.Sleep(e.dawdles)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.running[h.name]--
		return err
	}, nil
}

// runs returns the households that run now.
func (e *estate) runs() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for name, n := range e.running {
		if n > 0 {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// settle runs members on an estate in a bubble. ended is the error of the run.
func settle(t *testing.T, test func(t *testing.T, e *estate, m *members, ended func() error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := &estate{configs: map[string]*config.Config{store.Home: {}, "anna": {}, "boris": {}}, running: map[string]int{}, begun: map[string]int{}, until: 5 * time.Second}
		l := &life{Deps: Deps{Log: slog.New(slog.DiscardHandler), Now: time.Now}, cfg: config.Default(), metrics: api.NewMetrics()}
		l.home = &household{life: l, name: store.Home, cfg: e.configs[store.Home]}
		m := newMembers(l)
		m.load, m.nodes, m.prepare = e.load, e, e.prepare
		m.make = func(_ context.Context, name string, cfg *config.Config) (*household, error) {
			return &household{life: l, name: name, cfg: cfg}, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		out := make(chan error, 1)
		go func() { out <- m.run(ctx) }()
		synctest.Wait()
		test(t, e, m, func() error { cancel(); return <-out })
		cancel()
		if e.claimed {
			t.Error("a household was given back, or started again, while it ran")
		}
	})
}

func TestADaemonRunsWhatItHoldsAndStopsItBeforeItGivesItBack(t *testing.T) {
	t.Parallel()
	settle(t, func(t *testing.T, e *estate, _ *members, ended func() error) {
		t.Helper()
		want := func(what, want string) {
			t.Helper()
			if got := e.runs(); got != want {
				t.Errorf("%s: %q run, want %q", what, got, want)
			}
		}
		want("alone", "anna boris home")
		e.change(func() {
			e.held, e.surplus, e.dawdles = []string{"anna", "boris", "home"}, []string{"boris"}, 3*time.Second
		})
		time.Sleep(store.NodeBeat + time.Second)
		synctest.Wait()
		want("while the surplus stops", "anna boris home")
		e.change(func() {
			if e.released != nil {
				t.Errorf("%v were given back while they ran", e.released)
			}
		})
		time.Sleep(store.NodeBeat + 3*time.Second)
		synctest.Wait()
		want("when the surplus has stopped", "anna home")
		e.change(func() {
			if len(e.released) == 0 || slices.ContainsFunc(e.released, func(s string) bool { return s != "boris" }) {
				t.Errorf("%v were given back, not boris", e.released)
			}
			e.held, e.surplus = []string{"anna", "boris", "home"}, nil
		})
		time.Sleep(store.NodeBeat)
		synctest.Wait()
		want("when it is this daemon's again", "anna boris home")
		e.change(func() { delete(e.configs, "anna"); e.configs["boris"] = &config.Config{Language: "ru"} })
		time.Sleep(3 * store.NodeBeat)
		synctest.Wait()
		want("when one is removed and one is changed", "boris home")
		if n := e.begun["boris"]; n != 3 {
			t.Errorf("a changed household was begun %d times, not once more", n)
		}
		if err := ended(); err != nil {
			t.Error(err)
		}
		want("at the end", "")
	})
}

func TestHouseholdsStopWhenTheLeaseMayHaveEnded(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*estate){
		"the store is away":       func(e *estate) { e.fails = store.ErrAway },
		"a claim hangs":           func(e *estate) { e.hangs = true },
		"the lease has been lost": func(e *estate) { e.fails = store.ErrLeaseLost },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settle(t, func(t *testing.T, e *estate, _ *members, ended func() error) {
				t.Helper()
				if e.runs() != "anna boris home" {
					t.Fatal(e.runs())
				}
				lost := false
				e.change(func() { fault(e); lost = errors.Is(e.fails, store.ErrLeaseLost) })
				time.Sleep(5*time.Second - 1)
				synctest.Wait()
				if lost {
					time.Sleep(10 * time.Second)
				} else if e.runs() == "" {
					t.Error("they stop although the claims still hold")
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if !lost && e.runs() != "" {
					t.Errorf("%q go on although others may have them", e.runs())
				}
				e.change(func() { e.fails, e.hangs = nil, false })
				time.Sleep(20 * time.Second)
				synctest.Wait()
				if e.runs() != "anna boris home" || e.begun["anna"] != 2 {
					t.Errorf("%q run when the store is back, begun %d times", e.runs(), e.begun["anna"])
				}
				if err := ended(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAHouseholdThatCannotBePreparedRestsAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	settle(t, func(t *testing.T, e *estate, _ *members, ended func() error) {
		t.Helper()
		e.change(func() {
			e.configs["clara"], e.broken = &config.Config{}, map[string]error{"clara": errors.New("a secret cannot be read")}
		})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := e.runs(); got != "anna boris home" {
			t.Errorf("%q run", got)
		}
		e.change(func() { e.broken = nil })
		time.Sleep(retryGap + store.NodeBeat)
		synctest.Wait()
		if got := e.runs(); got != "anna boris clara home" {
			t.Errorf("%q run after the pause", got)
		}
		if err := ended(); err != nil {
			t.Error(err)
		}
	})
}

func TestAHouseholdWhoseFileBreaksGoesOnAsItWas(t *testing.T) {
	t.Parallel()
	settle(t, func(t *testing.T, e *estate, _ *members, ended func() error) {
		t.Helper()
		e.change(func() {
			delete(e.configs, "anna")
			e.faults = []error{&households.Error{Name: "anna", Err: errors.New("line 3")}}
		})
		time.Sleep(10 * store.NodeBeat)
		synctest.Wait()
		if got := e.runs(); got != "anna boris home" || e.begun["anna"] != 1 {
			t.Errorf("%q run, anna was begun %d times", got, e.begun["anna"])
		}
		if err := ended(); err != nil {
			t.Error(err)
		}
	})
}

func TestAHouseholdThatEndsByItselfEndsTheDaemon(t *testing.T) {
	t.Parallel()
	for _, fault := range []error{store.ErrCorrupt, nil} {
		t.Run(fmt.Sprint(fault), func(t *testing.T) {
			t.Parallel()
			settle(t, func(t *testing.T, e *estate, _ *members, ended func() error) {
				t.Helper()
				e.change(func() {
					e.configs["clara"], e.ends = &config.Config{}, map[string]error{"clara": fault}
				})
				time.Sleep(2 * store.NodeBeat)
				synctest.Wait()
				if e.runs() != "" {
					t.Errorf("%q run", e.runs())
				}
				if err := ended(); err == nil || fault != nil && !errors.Is(err, fault) || !strings.Contains(err.Error(), "clara") {
					t.Errorf("the daemon ends with %v", err)
				}
			})
		})
	}
}
