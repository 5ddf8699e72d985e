package notify

import (
	"context"
	"log/slog"
	"slices"
	"strings"
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
)

// Subscription selects what a channel gets: parcels with an urgent status at once, and
// short versions of the first audience's digests.
type Subscription struct {
	Channel Channel
	Urgent  []parcel.Status
	Digest  bool
}

// short is a text to deliver to one channel.
type short struct {
	to          Channel
	title, text string
}

// channels passes texts to the channels. A failing channel stops neither the others nor
// mail. Texts still waiting when the program stops are dropped; mail contains the same
// news.
type channels struct {
	all       []Subscription
	log       *slog.Logger
	queue     chan short
	announced map[string]map[int64]bool // ids of urgent changes, by channel
}

func newChannels(all []Subscription, log *slog.Logger) *channels {
	return &channels{all: all, log: log, queue: make(chan short, channelQueue), announced: map[string]map[int64]bool{}}
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

func (c *channels) tell(ctx context.Context, s short) {
	limited, cancel := context.WithTimeout(ctx, channelTimeout)
	defer cancel()
	if err := s.to.Notify(limited, s.title, s.text); err != nil && ctx.Err() == nil {
		c.log.WarnContext(ctx, "channel fails", "channel", s.to.Name(), "err", err.Error())
	}
}

func (c *channels) put(ctx context.Context, s short) {
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
			c.brief(ctx, sub.Channel, a, d)
		}
	}
}

// fresh returns the pending changes that are urgent for a channel and not yet announced
// there. Changes from before the start are announced by mail only.
func (c *channels) fresh(sub Subscription, pending []parcel.Change, started time.Time) []parcel.Change {
	announced := c.announced[sub.Channel.Name()]
	return slices.DeleteFunc(Urgent(pending, sub.Urgent), func(ch parcel.Change) bool { return announced[ch.ID] || ch.At.Before(started) })
}

func (c *channels) mark(sub Subscription, changes []parcel.Change) {
	name := sub.Channel.Name()
	if c.announced[name] == nil {
		c.announced[name] = map[int64]bool{}
	}
	for _, ch := range changes {
		c.announced[name][ch.ID] = true
	}
}

// brief sends a digest as its subject and one line for each item.
func (c *channels) brief(ctx context.Context, to Channel, a Audience, d Digest) {
	p, err := locale.New(a.Language)
	if err != nil {
		return
	}
	v := viewer{p: p, zone: a.zone(), limits: limits{5, 5}}.view(d)
	var text strings.Builder
	for _, s := range v.Sections {
		if !rowOf(s.Kind).brief {
			continue
		}
		for _, it := range s.Items {
			name := it.Title
			if name == p.T("item_parcel") {
				name = strings.TrimSpace(name + " " + it.Number)
			}
			if line := p.Pair(name, it.Badge) + "\n"; text.Len()+len(line) <= maxShort {
				text.WriteString(line)
			}
		}
	}
	c.put(ctx, short{to: to, title: v.Subject, text: text.String()})
}

// alarm tells every channel that mail cannot be sent.
func (c *channels) alarm(ctx context.Context, a Audience, t Trouble) {
	if t.Kind != TroubleOutbox {
		return
	}
	p, err := locale.New(a.Language)
	if err != nil {
		return
	}
	it := viewer{p: p, zone: a.zone()}.trouble(t)
	for _, sub := range c.all {
		c.put(ctx, short{to: sub.Channel, title: p.Pair(it.Title, it.Badge), text: strings.Join(it.Notes, "\n")})
	}
}
