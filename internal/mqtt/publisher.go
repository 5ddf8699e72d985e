package mqtt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/throttle"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Config configures a publisher.
type Config struct {
	Broker     Broker
	Prefix     string // of the topics
	Discovery  string // prefix of Home Assistant's discovery topics
	Language   string
	Zone       *time.Location
	Page       string // address of the page that Home Assistant links to; empty for none
	Threshold  time.Duration
	Protection notify.Protection
}

// Store is what the state is read from. What was announced is recorded under a name of
// its own, like that of a channel.
type Store interface {
	Outlines(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	Health(ctx context.Context) (parcel.Health, error)
	Pending(ctx context.Context, audience string, since time.Time) ([]parcel.Change, error)
	Announced(ctx context.Context, audience string, changes []int64) error
	store.Secrets // when news began
}

// Options are the surroundings of a publisher.
type Options struct {
	Log *slog.Logger
	Now func() time.Time
	// Refresh makes the program check now. It is called when the button is pressed, at
	// most once a minute.
	Refresh func(ctx context.Context) error
}

// Publisher publishes the state of one household.
type Publisher struct {
	cfg    Config
	topics topics
	store  Store
	say    *locale.Printer
	Options
	wake    chan struct{}
	press   chan struct{} // the button was pressed
	birth   chan struct{} // Home Assistant has started
	pressed time.Time     // the button's last effect
	since   time.Time     // when news began; zero if it is not read yet
	told    map[int64]bool
	backoff func(tries int) time.Duration
}

// How often and how much.
const (
	lookEvery    = time.Minute
	refreshEvery = time.Minute
	deliveredFor = 7 * 24 * time.Hour // delivered parcels stay in the attributes
	steady       = time.Minute        // a connection that lasted so long worked
)

// New returns a publisher. It connects to nothing before Run.
func New(cfg Config, s Store, o Options) (*Publisher, error) {
	say, err := locale.New(cfg.Language)
	if err != nil {
		return nil, fmt.Errorf("mqtt: %w", err)
	}
	return &Publisher{
		cfg: cfg, topics: newTopics(cfg.Prefix, cfg.Discovery), store: s, say: say, Options: o, told: map[int64]bool{}, backoff: backoff,
		wake: make(chan struct{}, 1), press: make(chan struct{}, 1), birth: make(chan struct{}, 1),
	}, nil
}

// Wake makes the publisher look at once whether something changed.
func (p *Publisher) Wake() { signal(p.wake) }

// Run publishes until ctx ends. It connects again after every failure.
func (p *Publisher) Run(ctx context.Context) error {
	var last string
	for tries := 1; ; tries++ {
		began := time.Now()
		last = p.report(ctx, p.session(ctx), last)
		if time.Since(began) > steady {
			tries, last = 1, ""
		}
		if !pause(ctx, p.backoff(tries)) {
			return nil
		}
	}
}

// report logs why a session ended unless that is as last, and returns it.
func (p *Publisher) report(ctx context.Context, err error, last string) string {
	if err == nil || ctx.Err() != nil || err.Error() == last {
		return last
	}
	p.Log.WarnContext(ctx, "state is not published by MQTT", "broker", p.cfg.Broker.Server.String(), "err", err.Error())
	return err.Error()
}

// backoff returns the pause after the nth failure in a row.
func backoff(tries int) time.Duration {
	steps := []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute}
	return steps[min(max(tries, 1), len(steps))-1]
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// session is one connection from login to loss.
func (p *Publisher) session(ctx context.Context) (err error) {
	c, err := p.cfg.Broker.connect(ctx, p.topics.availability(), p.receive)
	if err != nil {
		return err
	}
	defer func() { c.bye(err) }()
	if err := c.subscribe(ctx, p.topics.refresh(), p.topics.birth()); err != nil {
		return err
	}
	p.Log.InfoContext(ctx, "state is published by MQTT", "broker", p.cfg.Broker.Server.String())
	sent := map[string][]byte{}
	if err := p.announce(ctx, c); err != nil {
		return err
	}
	err = p.follow(ctx, c, sent)
	if ctx.Err() != nil {
		return p.leave(ctx, c)
	}
	return err
}

// follow publishes what changes until the connection or ctx ends.
func (p *Publisher) follow(ctx context.Context, c *client, sent map[string][]byte) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var rest throttle.Throttle
	for {
		began := time.Now()
		if err := p.publish(ctx, c, sent); err != nil {
			return err
		}
		rest.After(began, time.Now())
		if !pause(ctx, rest.Left(time.Now())) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.life.Done():
			return c.cause(nil)
		case <-p.birth:
			clear(sent)
			if err := p.announce(ctx, c); err != nil {
				return err
			}
		case <-p.press:
			p.refresh(ctx)
		case <-p.wake:
		case <-ticker.C:
		}
	}
}

// receive takes a message of the broker. It does not block.
func (p *Publisher) receive(topic string, payload []byte) {
	switch {
	case topic == p.topics.refresh():
		signal(p.press)
	case topic == p.topics.birth() && string(payload) == online:
		signal(p.birth)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// announce publishes the device and that the daemon is available.
func (p *Publisher) announce(ctx context.Context, c *client) error {
	doc, err := discoveryOf(p.topics, p.say, p.cfg.Page)
	if err != nil {
		return err
	}
	return errors.Join(c.put(ctx, p.topics.device(), doc, true), c.put(ctx, p.topics.availability(), []byte(online), true))
}

// leave says that the daemon is no longer available.
func (p *Publisher) leave(ctx context.Context, c *client) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	return c.put(ctx, p.topics.availability(), []byte(offline), true)
}

// publish publishes the documents that differ from those in sent, and the news. A
// failure of the store is logged and leaves what was published.
func (p *Publisher) publish(ctx context.Context, c *client, sent map[string][]byte) error {
	now := p.Now()
	docs, err := p.documents(ctx, now)
	if err != nil {
		p.storeFails(ctx, err)
		return nil
	}
	for topic, doc := range docs {
		if bytes.Equal(sent[topic], doc) {
			continue
		}
		if err := c.put(ctx, topic, doc, true); err != nil {
			return err
		}
		sent[topic] = doc
	}
	return p.tell(ctx, c, now)
}

// storeFails logs a failure of the store. What it prevented is tried again at the next look.
func (p *Publisher) storeFails(ctx context.Context, err error) {
	if ctx.Err() == nil {
		p.Log.WarnContext(ctx, "state for MQTT is not read or recorded", "err", err.Error())
	}
}

// documents reads the state: outlines of the followed parcels and of those delivered
// lately, and whole those that are shown.
func (p *Publisher) documents(ctx context.Context, now time.Time) (map[string][]byte, error) {
	// Nothing is ever announced to this audience, so all recent changes are pending.
	recent, err := p.store.Pending(ctx, p.audience()+"/delivered", now.Add(-deliveredFor))
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, ch := range recent {
		if ch.Kind == parcel.ChangeMoved && ch.To == parcel.Delivered {
			ids = append(ids, ch.Parcel)
		}
	}
	in := input{protection: p.cfg.Protection, threshold: p.cfg.Threshold, zone: p.cfg.Zone, language: p.cfg.Language}
	if in.parcels, err = p.store.Outlines(ctx, ids); err != nil {
		return nil, err
	}
	if in.health, err = p.store.Health(ctx); err != nil {
		return nil, err
	}
	l := layOut(in, now)
	whole, err := p.parcels(ctx, l.shown())
	if err != nil {
		return nil, err
	}
	return documents(in, l, whole, describer{p.topics, p.say, now})
}

// parcels reads parcels by their ids.
func (p *Publisher) parcels(ctx context.Context, ids []int64) (map[int64]parcel.Parcel, error) {
	found, err := p.store.ParcelsByID(ctx, ids)
	out := make(map[int64]parcel.Parcel, len(found))
	for _, one := range found {
		out[one.ID] = one
	}
	return out, err
}

// audience is the name under which the store records what was announced.
func (p *Publisher) audience() string { return "mqtt/" + p.topics.base }

// refresh does what the button asks for.
func (p *Publisher) refresh(ctx context.Context) {
	now := time.Now()
	if p.Refresh == nil || !p.pressed.IsZero() && now.Sub(p.pressed) < refreshEvery {
		return
	}
	p.pressed = now
	if err := p.Refresh(ctx); err != nil && ctx.Err() == nil {
		p.Log.WarnContext(ctx, "check asked for by MQTT fails", "err", err.Error())
	}
}

// Check logs in at the broker, and neither publishes nor stays.
func Check(ctx context.Context, b Broker) error {
	c, err := b.connect(ctx, "", func(string, []byte) {})
	if err != nil {
		return err
	}
	c.bye(nil)
	return nil
}

// Remove deletes everything that the broker keeps of the daemon, so that Home Assistant
// removes the device. A daemon that runs publishes it again.
func Remove(ctx context.Context, cfg Config) (err error) {
	c, err := cfg.Broker.connect(ctx, "", func(string, []byte) {})
	if err != nil {
		return err
	}
	defer func() { c.bye(err) }()
	for _, topic := range newTopics(cfg.Prefix, cfg.Discovery).retained() {
		if err := c.put(ctx, topic, nil, true); err != nil {
			return err
		}
	}
	return nil
}
