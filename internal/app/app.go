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
	"parcelwatch/extract"
	"parcelwatch/internal/api"
	"parcelwatch/internal/mqtt"
	"parcelwatch/internal/web"
	"parcelwatch/mail/verify"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/service"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// Deps are the dependencies of an app.
type Deps struct {
	Store   store.Store
	Ledger  store.Ledger       // nil to use Store
	Digests store.DigestSource // nil to use Store
	Log     *slog.Logger
	Now     func() time.Time
	// Jumps says that Now jumps although the machine does not sleep, so that digests do
	// not wait after a jump and none is a greeting.
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

// life holds everything created from one configuration.
type life struct {
	Deps

	cfg       *config.Config
	started   time.Time
	metrics   *api.Metrics
	systemd   *service.Notifier
	set       *carriers.Set
	tracker   *tracker.Tracker
	notifying notify.Config
	notifier  *notify.Notifier
	publisher *mqtt.Publisher // nil without a broker
	mailboxes []mailbox
	page      *web.Server // nil if none is configured
	checks    checks
	read      time.Time // when all mailboxes had been read since the last start or sleep
}

func (a *App) newLife(ctx context.Context, cfg *config.Config) (*life, error) {
	l := &life{Deps: a.deps, cfg: cfg, started: a.deps.Now(), systemd: a.systemd, metrics: a.metrics, checks: checks{last: map[string]check{}}}
	set, broken, err := carriersOf(ctx, cfg, l.Carriers)
	if err != nil {
		return nil, err
	}
	for name, why := range broken {
		l.Log.WarnContext(ctx, "carrier has no credential", "carrier", name, "err", why.Error())
	}
	l.set = set
	if l.notifying, err = Notifications(cfg); err != nil {
		return nil, err
	}
	smtp, err := SMTP(cfg, l.Store)
	if err != nil {
		return nil, err
	}
	if l.Dial != nil {
		smtp.Dial = l.Dial
	}
	channels, silent := Channels(ctx, cfg)
	for name, why := range silent {
		l.Log.WarnContext(ctx, "channel cannot be used", "channel", name, "err", why.Error())
	}
	before, err := l.Store.Heartbeat(ctx)
	if err != nil {
		return nil, err
	}
	round := l.round
	if l.Jumps {
		round = nil
	}
	l.notifier = notify.New(l.notifying, l.Digests, countedOutbox{l.Store, l.metrics.Told}, smtp, notify.Options{
		Log: l.Log, Now: l.Now, Channels: channels, Gaps: tracker.Gaps(l.Store.Journeys), Trips: l.Store.Trips, AllWell: pinger(cfg.Alarm.Ping, bounded()),
		Round: round, LastAlive: before.LastAlive(), Budgets: set.Budgets(),
	})
	l.tracker = tracker.New(tracker.Config{
		Home: cfg.Destination, Zone: cfg.Timezone.Location(), Log: l.Log, Now: l.Now, OnChange: l.wake,
		Engine: counted(tracker.NewEngine(set, cfg.Destination, l.Ledger, l.Now, l.Log), l.metrics),
	}, l.Store)
	if cfg.MQTT.Enabled() {
		if l.publisher, err = newPublisher(l); err != nil {
			return nil, err
		}
	}
	if l.page, err = l.newPage(broken); err != nil {
		return nil, err
	}
	if l.page != nil {
		l.newAPI(broken).Register(l.page)
	}
	return l, l.watch()
}

// watch prepares the mailboxes.
func (l *life) watch() error {
	checker := verify.New(verify.SystemResolver())
	phrases, err := extract.LoadPhrases()
	if err != nil {
		return err
	}
	for _, m := range l.cfg.Mailboxes {
		account, err := Account(l.cfg, m, l.Store)
		if err != nil {
			return err
		}
		if l.Dial != nil {
			account.Dial = l.Dial
		}
		reader, err := newReader(checker, phrases, l.cfg, m)
		if err != nil {
			return err
		}
		l.mailboxes = append(l.mailboxes, mailbox{life: l, cfg: m, account: account, reader: reader})
	}
	return nil
}

// start starts one goroutine for each part. ctx is the context of work.
func (l *life) start(ctx context.Context, work *errgroup.Group) {
	var folders []parcel.MailboxHealth
	budget := mailwatch.NewBudget()
	for _, box := range l.mailboxes {
		for _, f := range box.cfg.Folders {
			folders = append(folders, parcel.MailboxHealth{Name: box.cfg.Name, Folder: f})
		}
		w := mailwatch.New(box.account, l.Store, mailwatch.Options{Log: l.Log, Budget: budget, OnState: l.recorder(ctx), OnProgress: l.progress})
		work.Go(func() error { return w.Run(ctx, box.handle) })
	}
	if err := l.Store.KeepMailboxes(ctx, folders); err != nil {
		l.Log.WarnContext(ctx, "states of mailboxes that are gone stay", "err", err.Error())
	}
	l.reportUnwatched(ctx)
	parts := []func(context.Context) error{l.tracker.Run, l.notifier.Run, l.heartbeat, l.care}
	if l.publisher != nil {
		parts = append(parts, l.publisher.Run)
	}
	for _, part := range parts {
		work.Go(func() error { return part(ctx) })
	}
	if l.page != nil {
		work.Go(func() error { return l.page.Run(ctx) })
	}
}

// reportUnwatched logs the mailboxes of followed parcels that are no longer configured.
func (l *life) reportUnwatched(ctx context.Context) {
	found, err := l.Store.Unwatched(ctx, l.notifying.Mailboxes)
	if err != nil {
		l.Log.WarnContext(ctx, "parcels of mailboxes that are gone are not counted", "err", err.Error())
	}
	for _, u := range found {
		l.Log.WarnContext(ctx, "a mailbox is no longer configured; its parcels are in every digest", "mailbox", u.Mailbox, "parcels", u.Parcels)
	}
}

// recorder returns a function that records the states of a mailbox.
func (l *life) recorder(ctx context.Context) func(parcel.MailboxHealth) {
	return func(h parcel.MailboxHealth) {
		l.checks.report(h, l.Now())
		// The last state of a mailbox is reported after ctx has ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := l.Store.SetMailboxHealth(ctx, h); err != nil {
			l.Log.WarnContext(ctx, "state of a mailbox is not recorded", "mailbox", h.Name, "err", err.Error())
		}
		l.wake()
	}
}

// wake makes everything look that shows what has changed.
func (l *life) wake() {
	l.notifier.Wake()
	if l.publisher != nil {
		l.publisher.Wake()
	}
}

func (l *life) progress(p mailwatch.Progress) {
	l.Log.Debug("scanning", "mailbox", p.Mailbox, "folder", p.Folder, "stage", string(p.Stage), "done", p.Done, "total", p.Total)
}
