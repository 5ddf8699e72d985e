package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// Channel is a chat or push service for short texts.
type Channel interface {
	// Name is the channel's name in logs. It contains no secret.
	Name() string
	// Notify delivers one short text. Its error contains no secret. It returns soon after
	// ctx ends.
	Notify(ctx context.Context, title, text string) error
}

// Limits of the channels.
const (
	channelQueue   = 16
	channelTimeout = 30 * time.Second
	maxShort       = 1500
	// channelHorizon is the age above which urgent news is left to the digest.
	channelHorizon = day
)

// Subscription selects what a channel gets: parcels with an urgent status at once, and
// short versions of the first audience's digests.
type Subscription struct {
	Channel Channel
	Urgent  []parcel.Status
	Digest  bool
}

// channelAudience is the name under which the outbox records what a channel was told.
func channelAudience(name string) string { return "channel/" + name }

// short is a text to deliver to one channel.
type short struct {
	to          Channel
	title, text string
	told        []int64 // changes that are announced once it is delivered
}

// channels passes texts to the channels. A failing channel stops neither the others nor
// mail; its urgent news is tried again.
type channels struct {
	all   []Subscription
	log   *slog.Logger
	queue chan short
	now   func() time.Time
	// mark records the changes as announced to a channel's audience.
	mark func(ctx context.Context, audience string, changes []int64) error

	mu    sync.Mutex
	fails map[string]int       // failures in a row, by channel
	next  map[string]time.Time // when the channel gets urgent news again
}

func newChannels(
	all []Subscription, log *slog.Logger, now func() time.Time, mark func(context.Context, string, []int64) error,
) *channels {
	c := &channels{all: all, log: log, now: now, mark: mark, fails: map[string]int{}, next: map[string]time.Time{}}
	if len(all) > 0 {
		c.queue = make(chan short, channelQueue)
	}
	return c
}

func (c *channels) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-c.queue:
			c.tell(ctx, s)
		}
	}
}

// tell delivers a text and records what it announces.
func (c *channels) tell(ctx context.Context, s short) {
	limited, cancel := context.WithTimeout(ctx, channelTimeout)
	defer cancel()
	name := s.to.Name()
	err := s.to.Notify(limited, s.title, s.text)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		c.log.WarnContext(ctx, "channel fails", "channel", name, "err", err.Error())
	} else if len(s.told) > 0 {
		if err = c.mark(ctx, channelAudience(name), s.told); err != nil {
			c.log.WarnContext(ctx, "what a channel was told is not recorded", "channel", name, "err", err.Error())
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.fails[name]++
		c.next[name] = c.now().Add(backoff(c.fails[name]))
		return
	}
	delete(c.fails, name)
	delete(c.next, name)
}

// free reports whether urgent news may be passed to a channel: nothing for it waits, and
// it has not just failed.
func (c *channels) free(name string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.next[name].After(now)
}

func (c *channels) put(ctx context.Context, s short) {
	if len(s.told) > 0 {
		c.mu.Lock()
		// Until the text is delivered, or its turn has been missed.
		c.next[s.to.Name()] = c.now().Add(channelQueue * channelTimeout)
		c.mu.Unlock()
	}
	select {
	case c.queue <- s:
	default:
		c.log.WarnContext(ctx, "channel falls behind: news left out", "channel", s.to.Name())
	}
}

// digest passes a regular digest to the channels that want it.
func (c *channels) digest(ctx context.Context, a Audience, d Digest) {
	for _, sub := range c.all {
		if sub.Digest {
			c.brief(ctx, sub.Channel, a, d, nil)
		}
	}
}

// brief sends a digest as its subject and one line for each item. Changes in told are
// recorded as announced once it is delivered.
func (c *channels) brief(ctx context.Context, to Channel, a Audience, d Digest, told []int64) {
	p, err := a.printer()
	if err != nil {
		return
	}
	v := viewer{p: p, zone: a.zone(), limits: limits{5, 5}}.view(d)
	var text strings.Builder
	for _, s := range v.Sections {
		if !rowOf(s.Kind).brief {
			continue
		}
		for _, it := range slices.Concat(s.Cards, s.Lines) {
			if line := briefLine(p, s.Kind, it) + "\n"; text.Len()+len(line) <= maxShort {
				text.WriteString(line)
			}
		}
	}
	c.put(ctx, short{to: to, title: v.Subject, text: text.String(), told: told})
}

// briefLine returns an item in one line: its name and status; for one that needs the
// user, also the reason, the place and the last day; and its number.
func briefLine(p *locale.Printer, kind SectionKind, it viewItem) string {
	parts := []string{p.Pair(it.Title, it.Badge)}
	if kind == SectionNeeds {
		parts = append(parts, it.Notes...)
	}
	if it.Number != "" {
		parts = append(parts, it.Number)
	}
	return strings.Join(parts, " · ")
}

// recovered tells every channel that mail can be sent again.
func (c *channels) recovered(ctx context.Context, a Audience, t Trouble) {
	if t.Kind != TroubleOutbox {
		return
	}
	p, err := a.printer()
	if err != nil {
		return
	}
	for _, sub := range c.all {
		c.put(ctx, short{to: sub.Channel, title: p.T("recovered", "Name", viewer{p: p, zone: a.zone()}.troubleName(t))})
	}
}

// alarm tells every channel that mail cannot be sent.
func (c *channels) alarm(ctx context.Context, a Audience, t Trouble) {
	if t.Kind != TroubleOutbox {
		return
	}
	p, err := a.printer()
	if err != nil {
		return
	}
	it := viewer{p: p, zone: a.zone()}.trouble(t)
	for _, sub := range c.all {
		c.put(ctx, short{to: sub.Channel, title: p.Pair(it.Title, it.Badge), text: strings.Join(it.Notes, "\n")})
	}
}

// notifyChannels passes urgent changes to the channels, outside the quiet hours of
// the first audience. Each channel is an audience of its own: what a digest has
// announced is still news for it.
func (n *Notifier) notifyChannels(ctx context.Context, now time.Time) error {
	if len(n.channels.all) == 0 || len(n.cfg.Audiences) == 0 {
		return nil
	}
	a := n.cfg.Audiences[0]
	if !a.Quiet.Until(now, a.zone()).IsZero() {
		return nil
	}
	for _, sub := range n.channels.all {
		if !n.channels.free(sub.Channel.Name(), now) {
			continue
		}
		if err := n.notifyChannel(ctx, a, sub, now); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) notifyChannel(ctx context.Context, a Audience, sub Subscription, now time.Time) error {
	audience := channelAudience(sub.Channel.Name())
	pending, err := n.outbox.Pending(ctx, audience, now.Add(-channelHorizon))
	if err != nil {
		return fmt.Errorf("list changes to announce: %w", err)
	}
	urgent := append(unpaired(Urgent(pending, sub.Urgent), pending), ends(pending)...)
	if len(urgent) == 0 {
		return nil
	}
	in, err := n.inputOf(ctx, Input{Audience: a, Changes: pending}, now)
	if err != nil {
		return err
	}
	d := Compose(urgentInput(in, urgent), now)
	if d.Empty() {
		return n.outbox.Announced(ctx, audience, d.Told)
	}
	n.channels.brief(ctx, sub.Channel, a, d, d.Told)
	return nil
}
