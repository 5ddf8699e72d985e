// Package app wires the parts of the daemon together and runs them: mailboxes, tracker,
// notifier, heartbeat. It must not know terminals, environment variables or the store's
// driver.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/config"
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
	a := &App{deps: deps, systemd: service.NewNotifier(), next: make(chan *life)}
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
	for {
		var next *life
		work, ctx := errgroup.WithContext(ctx)
		a.life.Load().start(ctx, work)
		work.Go(func() error {
			select {
			case <-ctx.Done():
				a.systemd.Stopping()
				return nil
			case next = <-a.next:
				return errReplaced
			}
		})
		if err := work.Wait(); err != nil && !errors.Is(err, errReplaced) {
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

// WakeTracker makes the tracker check at once which parcels are due.
func (a *App) WakeTracker() { a.life.Load().tracker.Wake() }

// WakeNotifier makes the notifier check at once which news is due.
func (a *App) WakeNotifier() { a.life.Load().notifier.Wake() }
