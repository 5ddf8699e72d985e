package notify

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// Channel is another way to reach the person, besides mail: a chat, a push
// service.
type Channel interface {
	// Name is what the channel is called in logs. It holds no secret.
	Name() string
	// Notify delivers one short text, or returns an error free of secrets. It
	// returns soon after ctx ends.
	Notify(ctx context.Context, title, text string) error
}

// Bounds of the other channels.
const (
	channelQueue   = 16
	channelTimeout = 30 * time.Second
	maxShort       = 1500
)

// short is a text on its way to every channel.
type short struct{ title, text string }

// channels hands texts to every channel; the failure of one does not stop the
// others, and none of them holds up the mail.
type channels struct {
	all   []Channel
	log   *slog.Logger
	queue chan short
}

func newChannels(all []Channel, log *slog.Logger) *channels {
	return &channels{all: all, log: log, queue: make(chan short, channelQueue)}
}

func (c *channels) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-c.queue:
			for _, ch := range c.all {
				c.tell(ctx, ch, s)
			}
		}
	}
}

func (c *channels) tell(ctx context.Context, ch Channel, s short) {
	limited, cancel := context.WithTimeout(ctx, channelTimeout)
	defer cancel()
	if err := ch.Notify(limited, s.title, s.text); err != nil {
		c.log.WarnContext(ctx, "channel fails", "channel", ch.Name(), "err", err.Error())
	}
}

func (c *channels) put(s short) {
	if len(c.all) == 0 {
		return
	}
	select {
	case c.queue <- s:
	default:
		c.log.Warn("channel falls behind: news left out")
	}
}

// digest tells a digest in short: its subject, and each item in a line.
func (c *channels) digest(a Audience, d Digest) {
	if len(c.all) == 0 {
		return
	}
	p, err := locale.New(a.Language)
	if err != nil {
		return
	}
	v := viewer{p: p, zone: a.zone(), limit: 5}.view(d)
	text := ""
	for _, s := range v.Sections {
		if s.Kind == SectionQuiet || s.Kind == SectionWaiting || s.Kind == SectionUnnumbered {
			continue
		}
		for _, it := range s.Items {
			if line := it.Title + ": " + it.Badge + "\n"; len(text)+len(line) <= maxShort {
				text += line
			}
		}
	}
	c.put(short{title: v.Subject, text: text})
}

// alarm tells of mail that cannot be sent: the mail about it would not arrive.
func (c *channels) alarm(ch parcel.Change, now time.Time) {
	t := troubleOf(ch)
	if t.Kind != TroubleOutbox || len(c.all) == 0 {
		return
	}
	p, err := locale.New("")
	if err != nil {
		return
	}
	v := viewer{p: p, zone: time.UTC, made: now}
	it := v.trouble(t)
	c.put(short{title: it.Title + ": " + it.Badge, text: strings.Join(it.Notes, "\n")})
}
