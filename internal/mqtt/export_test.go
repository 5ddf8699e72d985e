package mqtt

import (
	"context"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// Listen passes on what the broker sends about the topics until stop is called.
func Listen(ctx context.Context, b Broker, received func(topic string, payload []byte), topics ...string) (stop func(), err error) {
	c, err := b.connect(ctx, "", received)
	if err != nil {
		return nil, err
	}
	return func() { c.bye(nil) }, c.subscribe(ctx, topics...)
}

// ConnectAgain sets the pause before each new connection.
func (p *Publisher) ConnectAgain(after time.Duration) {
	p.backoff = func(int) time.Duration { return after }
}

// Put publishes one message as somebody else does.
func Put(ctx context.Context, b Broker, topic string, payload []byte, retain bool) error {
	c, err := b.connect(ctx, "", func(string, []byte) {})
	if err != nil {
		return err
	}
	defer c.bye(nil)
	return c.put(ctx, topic, payload, retain)
}

// Documents returns the documents of parcels by topic.
func Documents(parcels []parcel.Parcel, h parcel.Health, language string, zone *time.Location, now time.Time) (map[string][]byte, error) {
	say, err := locale.New(language)
	if err != nil {
		return nil, err
	}
	whole := map[int64]parcel.Parcel{}
	for i := range parcels {
		parcels[i].ID = int64(i + 1)
		whole[parcels[i].ID] = parcels[i]
	}
	in := input{
		parcels: parcels, health: h, protection: notify.Protection{Days: 60, Remind: 7}, threshold: time.Hour, zone: zone, language: language,
	}
	return documents(in, layOut(in, now), whole, describer{newTopics("parcelwatch", "homeassistant"), say, now})
}

// Discovery returns the document of discovery.
func Discovery(prefix, language, page string) ([]byte, error) {
	say, err := locale.New(language)
	if err != nil {
		return nil, err
	}
	return discoveryOf(newTopics(prefix, "homeassistant"), say, page)
}

// Accepts reports whether a stream of packets, read in pieces of a size, is within the limit.
func Accepts(stream []byte, size int) bool {
	f := &framed{}
	for len(stream) > 0 {
		n := min(size, len(stream))
		if !f.accepts(stream[:n]) {
			return false
		}
		stream = stream[n:]
	}
	return true
}
