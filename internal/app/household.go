package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/mqtt"
	"parcelwatch/internal/status"
	"parcelwatch/internal/web"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// household is one household with one configuration. Every daemon of a store shows it and
// takes changes for it; the one that holds it also runs it.
type household struct {
	life      *life
	name      string
	cfg       *config.Config
	store     view
	log       *slog.Logger
	carriers  *offices
	notifying notify.Config
	tracker   *tracker.Tracker // for changes that a person makes
	page      func() (*web.Server, error)
	runner    atomic.Pointer[runner] // nil unless this daemon runs it
}

// runner is what only the daemon has that runs the household.
type runner struct {
	*household

	claimed   view // its writes are refused once another daemon holds the household
	tracker   *tracker.Tracker
	notifier  *notify.Notifier
	publisher *mqtt.Publisher // nil without a broker
	mailboxes []mailbox
	checks    checks
	read      time.Time // when all mailboxes had been read since the last start or sleep
}

// view is what parts of one household see of the store.
type view struct {
	store.Household
	store.Installation
}

func (l *life) newHousehold(ctx context.Context, name string, cfg *config.Config) (*household, error) {
	h := &household{life: l, name: name, cfg: cfg, store: view{l.Store.Unclaimed().Household(name), l.Store}, log: l.Log}
	if name != store.Home {
		h.log = l.Log.With("household", name)
	}
	var err error
	if h.carriers, err = l.engines.of(ctx, l, cfg); err != nil {
		return nil, err
	}
	if h.notifying, err = Notifications(cfg); err != nil {
		return nil, err
	}
	h.notifying = h.notifying.Titled(h.carriers.titles)
	h.tracker = tracker.New(tracker.Config{
		Home: cfg.Destination, Zone: cfg.Timezone.Location(), Log: h.log, Now: l.Now, OnChange: h.wake, OnAnswer: h.share, Engine: h.carriers.engine,
	}, h.store)
	h.page = sync.OnceValues(h.newPage)
	return h, nil
}

// prepare makes what runs the household, and starts nothing.
func (h *household) prepare(ctx context.Context) (*runner, error) {
	l := h.life
	r := &runner{household: h, claimed: view{l.Store.Household(h.name), l.Store}, checks: checks{last: map[string]check{}}}
	r.tracker = h.tracker.With(r.claimed)
	channels, silent := Channels(ctx, h.cfg)
	for name, why := range silent {
		h.log.WarnContext(ctx, "channel cannot be used", "channel", name, "err", why.Error())
	}
	before, err := h.store.Heartbeat(ctx)
	if err != nil {
		return nil, err
	}
	options := notify.Options{
		Log: h.log, Now: l.Now, Channels: channels, Gaps: tracker.Gaps(h.store.Journeys), Trips: h.store.Trips,
		LastAlive: before.LastAlive(), Budgets: h.carriers.budgets, Turns: l.turns, Unpaced: l.Jumps,
	}
	if !l.Jumps {
		options.Round = r.round
	}
	digests := store.DigestSource(r.claimed)
	if h.name == store.Home {
		options.AllWell = pinger(h.cfg.Alarm.Ping, bounded())
		if l.Digests != nil {
			digests = l.Digests
		}
		if h.cfg.MQTT.Enabled() {
			if r.publisher, err = newPublisher(h); err != nil {
				return nil, err
			}
		}
	}
	r.notifier = notify.New(h.notifying, digests, countedOutbox{r.claimed, l.metrics.Told}, l.sender, options)
	r.mailboxes, err = h.boxes(r.tracker)
	return r, err
}

// boxes returns the mailboxes, ready to be read.
func (h *household) boxes(t *tracker.Tracker) ([]mailbox, error) {
	boxes := make([]mailbox, 0, len(h.cfg.Mailboxes))
	for _, m := range h.cfg.Mailboxes {
		account, err := account(h.cfg, m, h.store, &h.life.authorities)
		if err != nil {
			return nil, err
		}
		if h.life.Dial != nil {
			account.Dial = h.life.Dial
		}
		account.Dial = h.life.paced(account.Dial)
		reader, err := newReader(h.life.checker, h.life.phrases, h.cfg, m)
		if err != nil {
			return nil, err
		}
		boxes = append(boxes, mailbox{household: h, tracker: t, cfg: m, account: account, reader: reader})
	}
	return boxes, nil
}

// dialGap is the distance between two connections to one mail server, of all households and
// daemons. Package mailwatch bounds how many of one daemon are being opened at a time.
const dialGap = 5 * time.Millisecond

// paced keeps the connections to one mail server apart where there are several households:
// after a takeover or a restart, all of them connect at once. Nil is a direct connection.
func (l *life) paced(dial Dial) Dial {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if !l.members.several() {
			return dial(ctx, network, addr)
		}
		now := time.Now()
		at, err := l.Store.Reserve(ctx, "imap:"+addr, dialGap, now)
		if err != nil {
			return nil, fmt.Errorf("connect to %s: %w", addr, err)
		}
		wait := time.NewTimer(at.Sub(now))
		defer wait.Stop()
		select {
		case <-wait.C:
			return dial(ctx, network, addr)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// run runs the household until ctx ends or something fails that a retry cannot repair, and
// waits for all its parts.
func (r *runner) run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	var folders []parcel.MailboxHealth
	for i := range r.mailboxes {
		box := &r.mailboxes[i]
		for _, f := range box.cfg.Folders {
			folders = append(folders, parcel.MailboxHealth{Name: box.cfg.Name, Folder: f})
		}
		w := mailwatch.New(box.account, r.claimed, mailwatch.Options{Log: r.log, Budget: r.life.budget, OnState: r.recorder(ctx), OnProgress: r.progress})
		work.Go(func() error { return w.Run(ctx, box.handle) })
	}
	if err := r.claimed.KeepMailboxes(ctx, folders); err != nil {
		r.log.WarnContext(ctx, "states of mailboxes that are gone stay", "err", err.Error())
	}
	r.reportUnwatched(ctx)
	work.Go(func() error { return r.tracker.Run(ctx) })
	if r.publisher != nil {
		work.Go(func() error { return r.publisher.Run(ctx) })
	}
	return errors.Join(r.notifier.Run(ctx), work.Wait())
}

// reportUnwatched logs the mailboxes of followed parcels that are no longer configured.
func (h *household) reportUnwatched(ctx context.Context) {
	found, err := h.store.Unwatched(ctx, h.notifying.Mailboxes)
	if err != nil {
		h.log.WarnContext(ctx, "parcels of mailboxes that are gone are not counted", "err", err.Error())
	}
	for _, u := range found {
		h.log.WarnContext(ctx, "a mailbox is no longer configured; its parcels are in every digest", "mailbox", u.Mailbox, "parcels", u.Parcels)
	}
}

// recorder returns a function that records the states of a mailbox.
func (r *runner) recorder(ctx context.Context) func(parcel.MailboxHealth) {
	return func(m parcel.MailboxHealth) {
		news := r.checks.report(m, r.life.Now())
		// The last state of a mailbox is reported after ctx has ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := r.claimed.SetMailboxHealth(ctx, m); err != nil {
			r.log.WarnContext(ctx, "state of a mailbox is not recorded", "mailbox", m.Name, "err", err.Error())
		}
		if news {
			r.wake()
		}
	}
}

// wake makes everything look that shows what has changed.
func (h *household) wake() {
	r := h.runner.Load()
	if r == nil {
		return
	}
	r.notifier.Wake()
	if r.publisher != nil {
		r.publisher.Wake()
	}
}

func (h *household) progress(p mailwatch.Progress) {
	h.log.Debug("scanning", "mailbox", p.Mailbox, "folder", p.Folder, "stage", string(p.Stage), "done", p.Done, "total", p.Total)
}

// nextDigest returns the time of the earliest digest of all audiences.
func (h *household) nextDigest() time.Time {
	var next time.Time
	for _, a := range h.notifying.Audiences {
		if t := a.Schedule.Next(h.life.Now()); next.IsZero() || !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	return next
}

// share gives an answer to the other households that follow the number, so that the carrier
// is asked once. Carriers are told the postal code of some, whose answers are their own.
func (h *household) share(ctx context.Context, a carriers.Asked) {
	others := h.life.members.like(h)
	if len(others) == 0 {
		return
	}
	followers, err := h.store.Followers(ctx, a.Number, slices.Sorted(maps.Keys(others)))
	if err == nil {
		for _, name := range followers {
			err = errors.Join(err, others[name].tracker.Receive(ctx, a))
		}
	}
	if err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, "an answer is not shared with other households", "err", err.Error())
	}
}

// source returns the inputs of the documents about the household.
func (h *household) source(now time.Time) status.Source {
	return status.Source{Store: h.store, Config: h.cfg, Carriers: h.carriers.set, Broken: h.carriers.broken, Now: now}
}

// offices are the carriers as the households of one destination and postal code ask them.
type offices struct {
	set     *carriers.Set
	titles  map[string]string // of the set
	budgets map[string]int    // of the set
	broken  map[string]error  // why the secrets of a carrier cannot be read
	engine  *tracker.Engine
}

// engines makes the carriers once for all households that ask them alike.
type engines struct {
	mu    sync.Mutex
	known map[addressee]*offices
}

// addressee is what carriers are told of a household.
type addressee struct{ destination, postalCode string }

func (e *engines) of(ctx context.Context, l *life, cfg *config.Config) (*offices, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := addressee{cfg.Destination, cfg.PostalCode}
	if o := e.known[key]; o != nil {
		return o, nil
	}
	set, broken, err := carriersOf(ctx, cfg, l.Carriers)
	if err != nil {
		return nil, err
	}
	ledger := store.Ledger(l.Store)
	if l.Ledger != nil {
		ledger = l.Ledger
	}
	o := &offices{
		set: set, titles: set.Titles(), budgets: set.Budgets(), broken: broken,
		engine: counted(tracker.NewEngine(set, cfg.Destination, ledger, l.Now, l.Log), l.metrics),
	}
	if e.known == nil {
		e.known = map[addressee]*offices{}
	}
	e.known[key] = o
	return o, nil
}

// close closes connections to carriers that no request uses.
func (e *engines) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, o := range e.known {
		o.set.Close()
	}
}

// sender sends the mail of all households, a few at a time, because servers limit the
// connections of one client.
type sender struct {
	notify.Sender

	slots chan struct{}
}

const sessions = 4 // with the mail server at once

func newSender(s notify.Sender) sender { return sender{s, make(chan struct{}, sessions)} }

// Send waits for a free session and tries each recipient once.
func (s sender) Send(ctx context.Context, m store.Message, to []string) []notify.Outcome {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		out := make([]notify.Outcome, 0, len(to))
		for _, one := range to {
			out = append(out, notify.Outcome{To: one, Result: notify.SendUntried, Err: ctx.Err()})
		}
		return out
	}
	defer func() { <-s.slots }()
	return s.Sender.Send(ctx, m, to)
}
