package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Config is the notifier's configuration.
type Config struct {
	Audiences  []Audience
	Mailboxes  []string // the configured ones
	From       string   // "Parcels <me@example.org>"
	Protection Protection
	// AlarmThreshold is how long something may be broken before it is announced.
	AlarmThreshold time.Duration
}

// Titled returns the configuration with the titles of the carriers that the user has
// defined, by name.
func (c Config) Titled(titles map[string]string) Config {
	c.Audiences = slices.Clone(c.Audiences)
	for i := range c.Audiences {
		c.Audiences[i].Titles = titles
	}
	return c
}

// Options are optional parts of a notifier.
type Options struct {
	Log      *slog.Logger
	Now      func() time.Time
	Channels []Subscription
	// Gaps returns the usual gaps from the recorded journeys. It is called once for each
	// digest. Nil means the table of routes.
	Gaps func(ctx context.Context) (Gap, error)
	// Trips returns the ways of earlier parcels, for forecasts. It is called once for each digest.
	Trips func(ctx context.Context) ([]parcel.Trip, error)
	// AllWell pings a dead man's switch while nothing is broken.
	AllWell func(ctx context.Context) error
	// Round returns how far the first round of asking is, since the program woke up or, if
	// that time is zero, since its start. Digests and reminders wait for it. Nil means that
	// it is over.
	Round func(ctx context.Context, woke time.Time) (Round, error)
	// Budgets are the lookups per day of the carriers that have a limit.
	Budgets map[string]int
	// LastAlive is when the program last ran before; zero if unknown.
	LastAlive time.Time
	// Turns limits how many of the notifiers that share it compose at once; nil is no limit.
	Turns *semaphore.Weighted
	// Unpaced lets nudges cause checks without a pause between them: for a simulated clock,
	// which stands still until every check is made.
	Unpaced bool
}

// Notifier composes scheduled and urgent digests and sends the outbox.
type Notifier struct {
	cfg      Config
	budgets  map[string]int
	unpaced  bool // nudges cause checks without a pause
	source   store.DigestSource
	outbox   store.Outbox
	sender   Sender
	log      *slog.Logger
	now      func() time.Time
	gaps     func(ctx context.Context) (Gap, error)
	trips    func(ctx context.Context) ([]parcel.Trip, error)
	allWell  func(ctx context.Context) error
	round    func(ctx context.Context, woke time.Time) (Round, error)
	turns    *semaphore.Weighted
	wake     chan struct{} // something may have changed
	send     chan struct{} // the outbox may hold something
	channels *channels

	state     map[string]*audienceState // used by the composing loop only
	alarms    map[string]Alarm          // without an end, by key; nil until read from the store
	started   time.Time                 // the last start or end of a sleep
	looked    time.Time                 // the last check, or when the program last ran before
	woke      time.Time                 // the end of the last sleep; zero if there was none since the start
	resumed   time.Time                 // since when the first round of asking runs; zero once it is over
	absence   Span                      // the last long one
	reminded  time.Time
	pinged    time.Time
	unmarked  map[string][]store.Delivery // sent, but not recorded: used by the sending loop only
	sending   sync.Mutex                  // held while sending: one session at a time
	offered   atomic.Bool                 // the last mail that was not accepted was offered to the server
	errors    sync.Mutex                  // guards lastError
	lastError map[string]string
}

// audienceState is the state of an audience between two checks.
type audienceState struct {
	slot   time.Time       // the time up to which scheduled digests have been handled
	mailed time.Time       // when the last message was made
	urgent time.Time       // when the last urgent message was made
	held   bool            // digests wait because an earlier mail cannot be sent
	outage Span            // in which mail could not be sent, until a mail tells of it
	owed   []store.Message // withdrawn and not replaced yet
	greet  bool            // the first digest has not been made
	absent time.Time       // the end of the last absence that was announced
}

// New returns a notifier. It does nothing before Run.
func New(cfg Config, source store.DigestSource, outbox store.Outbox, sender Sender, o Options) *Notifier {
	n := &Notifier{
		cfg: cfg, source: source, outbox: outbox, sender: sender, log: cmp.Or(o.Log, slog.New(slog.DiscardHandler)), now: o.Now, gaps: o.Gaps, trips: o.Trips, allWell: o.AllWell,
		round: o.Round, looked: o.LastAlive, budgets: o.Budgets, unpaced: o.Unpaced, turns: o.Turns,
		wake: make(chan struct{}, 1), send: make(chan struct{}, 1),
		state: map[string]*audienceState{}, unmarked: map[string][]store.Delivery{}, lastError: map[string]string{},
	}
	if n.now == nil {
		n.now = time.Now
	}
	n.channels = newChannels(o.Channels, n.log, n.now, outbox.Announced)
	return n
}

// Wake makes the notifier check at once for changes to announce. It never blocks.
func (n *Notifier) Wake() { nudge(n.wake) }

// Run works until ctx ends and then returns nil. It may be called once.
func (n *Notifier) Run(ctx context.Context) error {
	var work sync.WaitGroup
	defer work.Wait()
	if len(n.channels.all) > 0 {
		work.Go(func() { n.channels.run(ctx) })
	}
	look, send := n.newTask(n.wake, n.look), n.newTask(n.send, n.flush)
	defer look.timer.Stop()
	defer send.timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.timer.C:
			look.start(ctx, &work)
		case <-look.nudges():
			look.nudged(ctx, &work)
		case next := <-look.ended:
			look.rest(next)
		case <-send.timer.C:
			send.start(ctx, &work)
		case <-send.nudges():
			send.nudged(ctx, &work)
		case next := <-send.ended:
			send.rest(next)
		}
	}
}

// Digest composes the digest that the audience would get now and records nothing.
func (n *Notifier) Digest(ctx context.Context, audience string) (Digest, error) {
	a, ok := n.audience(audience)
	if !ok {
		return Digest{}, fmt.Errorf("compose a digest: %w: no [[digest]] is called %q", parcel.ErrNotFound, audience)
	}
	now := n.now()
	in, err := n.input(ctx, a, now)
	if err != nil {
		return Digest{}, err
	}
	return Compose(in, now), nil
}

// DigestNow composes a digest for every audience, due or not, stores them in the
// outbox and tries once to send it.
func (n *Notifier) DigestNow(ctx context.Context) ([]store.Message, error) {
	var out []store.Message
	for _, a := range n.cfg.Audiences {
		now, st := n.now(), &audienceState{}
		refused, err := n.refused(ctx, a, now)
		if err != nil {
			return out, err
		}
		if err := n.recall(ctx, a, st, refused, now); err != nil {
			return out, err
		}
		in, err := n.input(ctx, a, now)
		if err != nil {
			return out, err
		}
		in.Outage = st.outage
		m, err := n.enqueue(ctx, a, Compose(in, now), a.slot(nowSlot, now), st.owed)
		if err != nil {
			return out, err
		}
		out = append(out, m)
	}
	n.flush(ctx)
	return out, nil
}

func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (n *Notifier) audience(name string) (Audience, bool) {
	for _, a := range n.cfg.Audiences {
		if a.Name == name {
			return a, true
		}
	}
	return Audience{}, false
}

// input reads all data of a digest.
func (n *Notifier) input(ctx context.Context, a Audience, now time.Time) (Input, error) {
	pending, err := n.outbox.Pending(ctx, a.Name, time.Time{})
	if err != nil {
		return Input{}, fmt.Errorf("list changes to announce: %w", err)
	}
	return n.inputOf(ctx, Input{Audience: a, Changes: pending}, now)
}

// inputOf reads the data of a digest about the changes of in. Of the parcels that are only
// counted it reads the outlines. A first digest does not show what has ended.
func (n *Notifier) inputOf(ctx context.Context, in Input, now time.Time) (Input, error) {
	in.Next, in.Protection, in.Mailboxes = in.Audience.Schedule.Next(now), n.cfg.Protection, n.cfg.Mailboxes
	var err error
	var parcels []int64
	var orders []string
	if !in.Hello {
		parcels, orders = subjects(in.Changes)
	}
	if in.Parcels, err = n.source.Outlines(ctx, parcels); err != nil {
		return in, fmt.Errorf("list parcels: %w", err)
	}
	if err := n.complete(ctx, &in, parcels, now); err != nil {
		return in, fmt.Errorf("read parcels: %w", err)
	}
	if in.Orders, err = n.source.FollowedOrders(ctx, orders); err != nil {
		return in, fmt.Errorf("list orders: %w", err)
	}
	if in.Health, err = n.source.Health(ctx); err != nil {
		return in, fmt.Errorf("read the health: %w", err)
	}
	if n.gaps != nil {
		if in.Gap, err = n.gaps(ctx); err != nil {
			return in, fmt.Errorf("read earlier journeys: %w", err)
		}
	}
	if n.trips != nil {
		if in.Trips, err = n.trips(ctx); err != nil {
			return in, fmt.Errorf("read earlier trips: %w", err)
		}
	}
	if len(n.budgets) > 0 {
		asked, err := n.source.Asked(ctx, now.Add(-parcel.SharingTime))
		if err != nil {
			return in, fmt.Errorf("count parcels by carrier: %w", err)
		}
		in.Sharing = parcel.Sharings(asked, n.budgets)
	}
	return in, nil
}

// complete replaces the outlines of changed parcels, and of those that the digest shows.
func (n *Notifier) complete(ctx context.Context, in *Input, changed []int64, now time.Time) error {
	ids := append(shownParcels(*in, now), changed...)
	slices.Sort(ids)
	whole, err := n.source.ParcelsByID(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	byID := make(map[int64]*parcel.Parcel, len(whole))
	for i := range whole {
		byID[whole[i].ID] = &whole[i]
	}
	for i := range in.Parcels {
		if p := byID[in.Parcels[i].ID]; p != nil {
			in.Parcels[i] = *p
		}
	}
	return nil
}

// subjects returns the parcels and orders that changes are about.
func subjects(changes []parcel.Change) (parcels []int64, orders []string) {
	for _, ch := range changes {
		if ch.Parcel != 0 {
			parcels = append(parcels, ch.Parcel)
		} else if ch.Order != "" {
			orders = append(orders, ch.Order)
		}
	}
	return parcels, orders
}

// enqueue renders a digest, and stores it and marks its changes as announced in one
// transaction. It is sent later, and replaces messages that were withdrawn.
func (n *Notifier) enqueue(ctx context.Context, a Audience, d Digest, slot string, withdrawn []store.Message) (store.Message, error) {
	p, err := a.printer()
	if err != nil {
		return store.Message{}, fmt.Errorf("render a digest: %w", err)
	}
	c, err := Render(d, p)
	if err != nil {
		return store.Message{}, err
	}
	m, err := Build(d, c, Envelope{From: n.cfg.From, To: a.To, Slot: slot})
	if err != nil {
		return store.Message{}, err
	}
	replace(&m, withdrawn)
	if err := n.outbox.Enqueue(ctx, m, d.Told); err != nil {
		if errors.Is(err, store.ErrSlotTaken) {
			return m, err
		}
		return m, fmt.Errorf("store a digest: %w", err)
	}
	n.log.InfoContext(ctx, "digest made", "audience", a.Name, "slot", slot, "message_id", m.ID, "news", d.News, "recipients", len(m.Deliveries))
	nudge(n.send)
	return m, nil
}

// report logs an error when it appears, changes or ends.
func (n *Notifier) report(ctx context.Context, what string, err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	n.errors.Lock()
	last := n.lastError[what]
	n.lastError[what] = text
	n.errors.Unlock()
	switch {
	case ctx.Err() != nil || text == last:
	case err != nil:
		n.log.ErrorContext(ctx, "notifying fails", "what", what, "err", text)
	default:
		n.log.InfoContext(ctx, "notifying works again", "what", what)
	}
}
