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

	"github.com/google/go-cmp/cmp"

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

func (b *bell) mend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = nil
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
			want := []string{"Ready for pickup: cable|cable: ready for pickup", "Held by customs: clock|clock: held by customs", "Outgoing email: cannot be sent|"}
			if len(works.heard()) != len(want) {
				t.Fatalf("rung %q, want %q", works.heard(), want)
			}
			for i, w := range want {
				if !strings.HasPrefix(works.heard()[i], w) {
					t.Errorf("rung %q, want %q", works.heard()[i], w)
				}
			}
			tried := strings.Join(broken.heard(), "")
			for _, w := range []string{"cable: ready for pickup", "clock: held by customs", "Outgoing email: cannot be sent"} {
				if !strings.Contains(tried, w) {
					t.Errorf("the failing channel was not tried with %q: %q", w, tried)
				}
			}
		})
	})
	t.Run("a digest goes where it is wanted, and quiet hours hold", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			digests, news := &bell{name: "digests"}, &bell{name: "news"}
			a := me("08:00")
			a.Quiet = notify.QuietHours{From: 23 * 60, To: 7 * 60}
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
	t.Run("what a digest has told is still news for a channel", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := &bell{name: "bell"}
			m := twoParcels()
			a := me("08:00")
			a.Quiet = notify.QuietHours{From: 22 * 60, To: 8*60 + 30}
			m.with(func(m *memory) {
				m.parcels[1].Pickup = parcel.Pickup{Place: "170100, Tver", Until: "2000-01-09"}
				m.parcels[1].Links = []parcel.Link{{Number: "RB123456785CN"}}
			})
			r := start(t, config(a), m, &postman{}, notify.Options{Channels: []notify.Subscription{{Channel: b, Urgent: urgent}}})
			until(1, 3, 0)
			m.move(2, parcel.ReadyForPickup)
			until(1, 8, 20) // the digest of 08:00 has told it
			if len(b.heard()) != 0 || len(m.messages) != 1 {
				t.Fatalf("in quiet hours rung %q, sent %d", b.heard(), len(m.messages))
			}
			until(1, 10, 0)
			r.stop()
			if len(b.heard()) != 1 {
				t.Fatalf("rung %q", b.heard())
			}
			for _, want := range []string{"170100, Tver", "9 January", "RB"} {
				if !strings.Contains(b.heard()[0], want) {
					t.Errorf("%q is not in %q", want, b.heard()[0])
				}
			}
		})
	})
	t.Run("what was told to be broken is told to work again", func(t *testing.T) {
		t.Parallel()
		for _, restarted := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := &bell{name: "bell"}
				m := twoParcels()
				o := notify.Options{Channels: []notify.Subscription{{Channel: b, Urgent: urgent}}}
				a := me("08:00")
				a.Quiet = notify.QuietHours{From: 23 * 60, To: 7 * 60}
				r := start(t, config(a), m, &postman{}, o)
				until(1, 8, 0)
				m.with(func(m *memory) { m.health.Outbox = parcel.OutboxHealth{Waiting: 1, Oldest: time.Now(), Error: "down"} })
				mailboxIs(m, parcel.MailboxBroken, time.Now())
				until(1, 12, 0)
				if restarted {
					r.stop()
					r = start(t, config(a), m, &postman{}, o)
				}
				m.with(func(m *memory) { m.health.Outbox = parcel.OutboxHealth{Error: "refused"} })
				until(1, 14, 0)
				m.with(func(m *memory) { m.health.Outbox = parcel.OutboxHealth{} })
				mailboxIs(m, parcel.MailboxIdle, time.Now())
				until(1, 23, 30)
				mailboxIs(m, parcel.MailboxBroken, time.Now())
				until(2, 4, 0)
				mailboxIs(m, parcel.MailboxIdle, time.Now()) // what comes and goes at night is not told
				until(2, 12, 0)
				r.stop()
				var got []string
				for _, s := range b.heard() {
					title, _, _ := strings.Cut(s, "|")
					got = append(got, title)
				}
				slices.Sort(got)
				want := []string{"Mailbox home/INBOX: cannot be read", "Outgoing email: cannot be sent", "Works again: mailbox home/INBOX", "Works again: outgoing email"}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("rung (-want +got):\n%s", diff)
				}
			})
		}
	})
	t.Run("what a channel did not take is tried again, also after a restart", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := &bell{name: "bell", err: errors.New("no network")}
			m := twoParcels()
			options := notify.Options{Channels: []notify.Subscription{{Channel: b, Urgent: urgent}}}
			r := start(t, config(me("08:00")), m, &postman{}, options)
			m.move(2, parcel.CustomsHold)
			until(1, 3, 0)
			tries := len(b.heard())
			if tries < 3 || tries > 10 {
				t.Errorf("tried %d times in three hours", tries)
			}
			r.stop()
			b.mend()
			r = start(t, config(me("08:00")), m, &postman{}, options)
			until(1, 6, 0)
			r.stop()
			if got := len(b.heard()); got != tries+1 {
				t.Errorf("rung %d times after the network was back", got-tries)
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

func TestChannelsHearThatTheMailServerRefusesEveryDigest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bell{name: "bell"}
		m := twoParcels()
		r := start(t, config(me("08:00")), m, &postman{}, notify.Options{Channels: []notify.Subscription{{Channel: b, Urgent: []parcel.Status{parcel.OutForDelivery}}}})
		until(1, 9, 0)
		m.with(func(m *memory) { m.health.Outbox = parcel.OutboxHealth{Error: "554 no", RefusedSince: time.Now()} })
		until(1, 18, 0)
		r.stop()
		var told []string
		for _, s := range b.heard() {
			if strings.Contains(s, "554 no") {
				told = append(told, s)
			}
		}
		if len(told) != 1 || !strings.HasPrefix(told[0], "Outgoing email: cannot be sent|") {
			t.Errorf("the channel heard %q, want once that mail cannot be sent, and why", told)
		}
	})
}
