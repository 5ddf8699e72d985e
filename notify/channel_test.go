package notify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// bell is another channel.
type bell struct {
	rung []string
	err  error
}

func (b *bell) Name() string { return "bell" }

func (b *bell) Notify(_ context.Context, title, text string) error {
	b.rung = append(b.rung, title+"|"+text)
	return b.err
}

func TestNotifierChannels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken, works := &bell{err: errors.New("no network")}, &bell{}
		m := twoParcels()
		p := &postman{result: func(string, int) notify.SendResult { return notify.SendTemporary }}
		r := start(t, config(me("08:00")), m, p, notify.Options{Channels: []notify.Channel{broken, works}})
		m.move(1, parcel.ReadyForPickup)
		until(1, 1, 0)
		m.with(func(m *memory) { m.health.Outbox = parcel.OutboxHealth{Waiting: 1, Oldest: time.Now()} })
		until(1, 4, 0)
		r.stop()
		want := []string{"Waits for pickup: cable|cable: waits for pickup\n", "Outgoing mail: cannot be sent|"}
		if len(works.rung) != 2 || works.rung[0] != want[0] || !strings.HasPrefix(works.rung[1], want[1]) {
			t.Errorf("rung %q, want %q", works.rung, want)
		}
		if !slices.Equal(broken.rung, works.rung) {
			t.Errorf("the failing channel was given up: %q", broken.rung)
		}
	})
}
