package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parcelwatch/config"
	households "parcelwatch/internal/household"
	"parcelwatch/internal/version"
	"parcelwatch/store"
)

// retryGap is how long a household rests that could not be prepared.
const retryGap = time.Minute

// members are the households of a configuration. It runs those that this daemon holds.
type members struct {
	life    *life
	load    func(context.Context) (households.Set, error)
	nodes   store.Nodes
	make    func(ctx context.Context, name string, cfg *config.Config) (*household, error)
	prepare func(context.Context, *household) (func(context.Context) error, error)
	wake    chan struct{} // something has to be looked at before the next beat

	mu     sync.RWMutex
	known  map[string]*household
	active map[string]*activity // those that run or are stopping
	faults string               // that were logged

	started atomic.Int64         // runs of households
	saving  saving               // while there are several
	failed  map[string]time.Time // when the next try of a household is due
	fence   *time.Timer          // stops all when the claims end, also during a long look
	until   time.Time            // when the claims end, by the monotonic clock; zero on a store of one daemon
	lost    bool                 // the claims have ended, and what was begun under them has not
}

// activity is a run of a household.
type activity struct {
	*household

	ctx    context.Context //nolint:containedctx // tells whether the run was told to stop
	cancel context.CancelFunc
	done   chan struct{}
	// Once done:
	unprepared error // why it did not begin
	err        error
	alone      bool // it ended although nobody stopped it
}

func newMembers(l *life) *members {
	return &members{
		life: l, load: households.NewSource(l.cfg, l.Store).Load, nodes: l.Store, make: l.newHousehold, prepare: prepare, wake: make(chan struct{}, 1),
		known: map[string]*household{store.Home: l.home}, active: map[string]*activity{}, failed: map[string]time.Time{},
	}
}

// run keeps the households running that this daemon holds, until ctx ends or one fails in a
// way that a retry cannot repair. It waits for all of them.
func (m *members) run(ctx context.Context) (err error) {
	defer m.saving.end()
	defer func() {
		m.stopAll()
		for _, a := range m.active {
			<-a.done
			err = errors.Join(err, a.err)
		}
	}()
	pause := time.NewTimer(0)
	defer pause.Stop()
	m.fence = time.AfterFunc(math.MaxInt64, m.stopAll) //nolint:forbidigo // it fires also while a look waits
	defer m.fence.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-pause.C:
		case <-m.wake:
		}
		if err := m.look(ctx); err != nil {
			return err
		}
		// Alone on its store, a daemon looks at each heartbeat.
		if !m.until.IsZero() {
			pause.Reset(store.NodeBeat)
		}
	}
}

// stopAll tells all households to stop.
func (m *members) stopAll() {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, a := range m.active {
		a.cancel()
	}
}

// look makes one round: it reads which households there are, claims a share of them, stops
// what is no longer this daemon's and starts what is.
func (m *members) look(ctx context.Context) error {
	m.read(ctx)
	if m.several() {
		m.saving.begin()
	}
	held, surplus := m.claim(ctx)
	if err := m.reap(ctx); err != nil {
		return err
	}
	stop, start := m.changes(held)
	for _, name := range stop {
		m.active[name].cancel()
	}
	for _, name := range start {
		m.start(ctx, m.known[name])
	}
	m.giveUp(ctx, surplus)
	return nil
}

// read takes over households that are new or have changed. If they cannot be read, those
// that are known stay.
func (m *members) read(ctx context.Context) {
	set, err := m.load(ctx)
	if err != nil {
		if ctx.Err() == nil {
			m.life.Log.WarnContext(ctx, "households cannot be read", "err", err.Error())
		}
		return
	}
	faulty := m.report(ctx, set.Faults)
	for name, cfg := range set.Configs {
		if name != store.Home {
			m.take(ctx, name, cfg)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.known {
		if name != store.Home && set.Configs[name] == nil && !faulty[name] {
			delete(m.known, name)
		}
	}
}

// take makes a household known as it is configured now.
func (m *members) take(ctx context.Context, name string, cfg *config.Config) {
	if old := m.household(name); old != nil && old.cfg == cfg || time.Now().Before(m.failed[name]) {
		return
	}
	h, err := m.make(ctx, name, cfg)
	if err != nil {
		m.fail(ctx, name, err)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[name] = h
}

// fail lets a household rest that cannot be prepared. The others go on.
func (m *members) fail(ctx context.Context, name string, err error) {
	m.failed[name] = time.Now().Add(retryGap)
	m.life.Log.ErrorContext(ctx, "household cannot be watched, tried again", "household", name, "err", err.Error(), "wait", retryGap)
}

// report logs the faults of households when they change, and returns the names of those that
// have any. One that runs goes on as it was.
func (m *members) report(ctx context.Context, faults []error) map[string]bool {
	faulty, text := map[string]bool{}, fmt.Sprint(faults)
	for _, fault := range faults {
		if one, ok := errors.AsType[*households.Error](fault); ok {
			faulty[one.Name] = true
		}
		if text != m.faults {
			m.life.Log.ErrorContext(ctx, "a household is not taken over", "err", fault.Error())
		}
	}
	m.faults = text
	return faulty
}

// claim returns the households that this daemon is to run now, and those that it is to
// give up.
func (m *members) claim(ctx context.Context) (held, surplus []string) {
	if m.lost && len(m.active) > 0 {
		return nil, nil
	}
	m.lost = false
	boxes := 0
	for _, a := range m.active {
		boxes += len(a.cfg.Mailboxes)
	}
	m.life.metrics.Held(len(m.active), boxes)
	limited, cancel := context.WithTimeout(ctx, store.NodeLease-store.NodeGuard)
	defer cancel()
	claims, err := m.nodes.Claim(limited, m.node(boxes), slices.Sorted(maps.Keys(m.known)))
	switch {
	case err == nil:
		if m.until = claims.Until; !m.until.IsZero() {
			m.fence.Reset(time.Until(m.until))
		}
		return slices.DeleteFunc(claims.Held, func(name string) bool { return slices.Contains(claims.Surplus, name) }), claims.Surplus
	case ctx.Err() != nil:
		return nil, nil
	case errors.Is(err, store.ErrLeaseLost), !m.until.IsZero() && !time.Now().Before(m.until):
		m.lost = true
		m.life.Log.WarnContext(ctx, "the lease of this daemon has ended, households are stopped", "err", err.Error())
		return nil, nil
	default:
		m.life.Log.WarnContext(ctx, "households cannot be claimed", "err", err.Error())
		return m.running(), nil
	}
}

func (m *members) running() (names []string) {
	for name, a := range m.active {
		if a.live() {
			names = append(names, name)
		}
	}
	return names
}

func (m *members) node(mailboxes int) store.Node {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return store.Node{
		Name: fmt.Sprintf("%s:%d", host, os.Getpid()), Version: version.Get().Version, Started: m.life.started,
		Mailboxes: mailboxes,
	}
}

// live reports whether a run was not told to stop.
func (a *activity) live() bool { return a.ctx.Err() == nil }

// changes returns which households have to stop and which to start.
func (m *members) changes(held []string) (stop, start []string) {
	for name, a := range m.active {
		if h := m.known[name]; !slices.Contains(held, name) || h != a.household {
			stop = append(stop, name)
		}
	}
	for _, name := range held {
		if m.active[name] == nil && m.known[name] != nil && !time.Now().Before(m.failed[name]) {
			start = append(start, name)
		}
	}
	return stop, start
}

// start starts a household.
func (m *members) start(ctx context.Context, h *household) {
	m.started.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	a := &activity{household: h, ctx: ctx, cancel: cancel, done: make(chan struct{})}
	m.mu.Lock()
	m.active[h.name] = a
	m.mu.Unlock()
	go func() {
		defer nudge(m.wake)
		defer close(a.done)
		defer cancel()
		run, err := m.prepare(ctx, h)
		if err != nil {
			a.unprepared = err
			return
		}
		a.err = run(ctx)
		a.alone = ctx.Err() == nil
	}()
}

// prepare returns the function that runs a household. The one at home was prepared with the
// configuration.
func prepare(ctx context.Context, h *household) (func(context.Context) error, error) {
	r := h.runner.Load()
	if r == nil {
		var err error
		if r, err = h.prepare(ctx); err != nil {
			return nil, err
		}
		h.runner.Store(r)
	}
	return func(ctx context.Context) error {
		defer h.runner.Store(nil)
		return r.run(ctx)
	}, nil
}

// reap removes the runs that have ended. One that ended by itself ends the daemon.
func (m *members) reap(ctx context.Context) error {
	for name, a := range m.active {
		select {
		case <-a.done:
		default:
			continue
		}
		if a.alone {
			return fmt.Errorf("household %s: %w", name, cmp.Or(a.err, errEnded))
		}
		m.mu.Lock()
		delete(m.active, name)
		m.mu.Unlock()
		if a.unprepared != nil && ctx.Err() == nil {
			m.fail(ctx, name, a.unprepared)
		}
	}
	return nil
}

// giveUp releases the surplus that no longer runs.
func (m *members) giveUp(ctx context.Context, surplus []string) {
	idle := slices.DeleteFunc(slices.Clone(surplus), func(name string) bool { return m.active[name] != nil })
	if len(idle) == 0 {
		return
	}
	if err := m.nodes.Release(ctx, idle...); err != nil && ctx.Err() == nil {
		m.life.Log.WarnContext(ctx, "households are not given back", "err", err.Error())
	}
}

var errEnded = errors.New("it has ended without an error")

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
