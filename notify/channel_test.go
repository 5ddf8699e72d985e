package notify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// bell is a fake channel.
type bell struct {
	name string
	err  error

	mu   sync.Mutex
	rung []string
}

func (b *bell) Name() string { return b.name }

func (b *bell) Notify(_ context.Context, title, text string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung = append(b.rung, title+"|"+text)
	return b.err
}

func (b *bell) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.rung)
}

func TestNotifierChannels(t *testing.T) {
	t.Parallel()
	urgent := []parcel.Status{parcel.ReadyForPickup, parcel.CustomsHold}
	t.Run("the failure of one does not stop the others", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			broken, works := &bell{name: "broken", err: errors.New("no network")}, &bell{name: "works"}
			m := twoParcels()
			p := &postman{result: func(string, int) notify.SendResult { return notify.SendTemporary }}
			subs := []notify.Subscription{{Channel: broken, Urgent: urgent}, {Channel: works, Urgent: urgent}}
			r := start(t, config(me("08:00")), m, p, notify.Options{Channels: subs})
			m.move(1, parcel.ReadyForPickup)
			until(1, 1, 0)
			m.move(2, parcel.CustomsHold) // urgent for the channels, not for mail
			m.with(func(m *memory) { m.health.Outbox = parcel.OutboxHealth{Waiting: 1, Oldest: time.Now()} })
			until(1, 4, 0)
			r.stop()
			want := []string{"Ready for pickup: cable|cable: ready for pickup\n", "Held by customs: clock|clock: held by customs\n", "Outgoing mail: cannot be sent|"}
			if len(works.heard()) != 3 || works.heard()[0] != want[0] || works.heard()[1] != want[1] || !strings.HasPrefix(works.heard()[2], want[2]) {
				t.Errorf("rung %q, want %q", works.heard(), want)
			}
			if !slices.Equal(broken.heard(), works.heard()) {
				t.Errorf("the failing channel was given up: %q", broken.heard())
			}
		})
	})
	t.Run("a digest goes where it is wanted, and quiet hours hold", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			digests, news := &bell{name: "digests"}, &bell{name: "news"}
			a := me("08:00")
			var err error
			if a.Quiet, err = notify.ParseQuietHours("23:00-07:00"); err != nil {
				t.Fatal(err)
			}
			m := twoParcels()
			r := start(t, config(a), m, &postman{}, notify.Options{Channels: []notify.Subscription{{Channel: digests, Digest: true}, {Channel: news, Urgent: urgent}}})
			m.move(1, parcel.Export)
			m.move(2, parcel.CustomsHold)
			until(1, 6, 0)
			if news.heard() != nil {
				t.Errorf("rung in quiet hours: %q", news.heard())
			}
			until(1, 9, 0)
			r.stop()
			if len(digests.heard()) != 1 || !strings.Contains(digests.heard()[0], "cable") {
				t.Errorf("digests: %q", digests.heard())
			}
			if len(news.heard()) != 1 || strings.Contains(news.heard()[0], "cable") {
				t.Errorf("news: %q", news.heard())
			}
		})
	})
	t.Run("a restart does not ring again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := &bell{name: "bell"}
			m := twoParcels()
			for range 3 {
				r := start(t, config(me("08:00")), m, &postman{}, notify.Options{Channels: []notify.Subscription{{Channel: b, Urgent: urgent}}})
				if len(m.changes) == 0 {
					m.move(2, parcel.CustomsHold)
				}
				time.Sleep(time.Hour)
				r.stop()
			}
			if len(b.heard()) != 1 {
				t.Errorf("rung %q", b.heard())
			}
		})
	})
}
