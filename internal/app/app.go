// Package app wires the parts of the daemon together and runs them: mailboxes, tracker,
// notifier, heartbeat. It must not know terminals, environment variables or the store's
// driver.
package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/internal/api"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/web"
	"parcelwatch/mail/verify"
	"parcelwatch/mailwatch"
	"parcelwatch/service"
	"parcelwatch/store"
)

// Deps are the dependencies of an app.
type Deps struct {
	Store   store.Store
	Ledger  store.Ledger       // nil to use Store
	Digests store.DigestSource // nil to use Store
	Log     *slog.Logger
	Now     func() time.Time
	// Jumps says that Now jumps although the machine does not sleep, so that digests do
	// not wait after a jump, none is a greeting, and no pause of real time is made.
	Jumps bool

	Carriers []carriers.Factory // nil for all carriers
	Dial     Dial               // connects to mailboxes and the mail server; nil for direct connections
}

// Dial opens a connection.
type Dial func(ctx context.Context, network, addr string) (net.Conn, error)

// App is the daemon. It keeps the store and the log it was given while Reload
// replaces everything that depends on the configuration.
type App struct {
	deps    Deps
	systemd *service.Notifier
	metrics *api.Metrics // of all lives
	life    atomic.Pointer[life]
	next    chan *life
}

// New wires an app for a configuration. It starts nothing before Run.
func New(ctx context.Context, cfg *config.Config, deps Deps) (*App, error) {
	if deps.Ledger == nil {
		deps.Ledger = deps.Store
	}
	if deps.Digests == nil {
		deps.Digests = deps.Store
	}
	if deps.Carriers == nil {
		deps.Carriers = all.Factories()
	}
	a := &App{deps: deps, systemd: service.NewNotifier(), metrics: api.NewMetrics(), next: make(chan *life)}
	first, err := a.newLife(ctx, cfg)
	if err != nil {
		return nil, err
	}
	a.life.Store(first)
	return a, nil
}

// Run works until ctx ends, or until something fails that a retry cannot repair.
// It waits for every goroutine that it starts.
func (a *App) Run(ctx context.Context) error {
	defer a.leave(ctx)
	for {
		var next *life
		work, ctx := errgroup.WithContext(ctx)
		now := a.life.Load()
		now.start(ctx, work)
		work.Go(func() error {
			select {
			case <-ctx.Done():
				a.systemd.Stopping()
				return nil
			case next = <-a.next:
				return errReplaced
			}
		})
		err := work.Wait()
		now.engines.close()
		if err != nil && !errors.Is(err, errReplaced) {
			return err
		}
		if next == nil {
			return nil
		}
		a.life.Store(next)
	}
}

// errReplaced ends the work for one configuration so that the next one can start.
var errReplaced = errors.New("the configuration is replaced")

// Reload replaces the configuration. If the new one cannot be wired, Reload returns
// the error and the app continues unchanged. commit is called after the wiring and
// before the replacement; an error from it prevents the replacement.
func (a *App) Reload(ctx context.Context, cfg *config.Config, commit func() error) error {
	next, err := a.newLife(ctx, cfg)
	if err != nil {
		return err
	}
	if err := commit(); err != nil {
		return err
	}
	a.systemd.Reloading()
	select {
	case a.next <- next:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// WakeTracker makes the tracker of the configuration's own household check at once which
// parcels are due.
func (a *App) WakeTracker() { a.life.Load().home.tracker.Wake() }

// WakeNotifier makes the notifier of the configuration's own household check at once which
// news is due.
func (a *App) WakeNotifier() { a.life.Load().home.wake() }

// leave gives all households back, so that other daemons need not wait for the end of the
// lease.
func (a *App) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), store.NodeBeat)
	defer cancel()
	if err := a.deps.Store.Release(ctx); err != nil {
		a.deps.Log.WarnContext(ctx, "households are not given back", "err", err.Error())
	}
}

// composers is how many households compose digests at once. Many want them at the same minute,
// and all at once would keep the store's connections from mail, answers and leases.
const composers = 2

// life holds everything created from one configuration.
type life struct {
	Deps

	cfg     *config.Config
	started time.Time
	metrics *api.Metrics
	systemd *service.Notifier
	sender  sender
	budget  *mailwatch.Budget
	turns   *semaphore.Weighted // of the notifiers of all households
	checker *verify.Checker
	phrases *extract.Phrases
	engines engines
	home    *household  // the configuration's own
	page    *web.Server // nil if none is configured
	members *members

	authorities netx.Authorities // of the IMAP servers of all households
}

func (a *App) newLife(ctx context.Context, cfg *config.Config) (*life, error) {
	l := &life{Deps: a.deps, cfg: cfg, started: a.deps.Now(), systemd: a.systemd, metrics: a.metrics, checker: verify.New(verify.SystemResolver())}
	l.turns = semaphore.NewWeighted(composers)
	var err error
	if l.phrases, err = extract.LoadPhrases(); err != nil {
		return nil, err
	}
	smtp, err := SMTP(cfg, l.Store)
	if err != nil {
		return nil, err
	}
	if l.Dial != nil {
		smtp.Dial = l.Dial
	}
	l.sender, l.budget = newSender(smtp), mailwatch.NewBudget()
	if l.home, err = l.newHousehold(ctx, store.Home, cfg); err != nil {
		return nil, err
	}
	l.reportBroken(ctx, l.home.carriers.broken)
	r, err := l.home.prepare(ctx)
	if err != nil {
		return nil, err
	}
	l.home.runner.Store(r)
	l.members = newMembers(l)
	return l, l.openPage()
}

// reportBroken logs the definitions that are left out and the carriers whose secrets
// cannot be read.
func (l *life) reportBroken(ctx context.Context, broken map[string]error) {
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		faults, err := config.Problems(broken[name])
		for _, one := range faults {
			l.Log.ErrorContext(ctx, "a definition of a carrier is left out", "err", one.Error())
		}
		if err != nil {
			l.Log.WarnContext(ctx, "carrier has no credential", "carrier", name, "err", err.Error())
		}
	}
}

// start starts one goroutine for each part. ctx is the context of work.
func (l *life) start(ctx context.Context, work *errgroup.Group) {
	for _, part := range []func(context.Context) error{l.members.run, l.heartbeat, l.care} {
		work.Go(func() error { return part(ctx) })
	}
	if l.page != nil {
		work.Go(func() error { return l.page.Run(ctx) })
	}
}
