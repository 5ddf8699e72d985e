package notify_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/semaphore"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

func TestCarriersAreAskedBeforeAnOverdueDigest(t *testing.T) {
	t.Parallel()
	const forever = 1000 * time.Hour
	for _, c := range []struct {
		name     string
		scanning time.Duration // after the start
		asking   time.Duration
		want     string
	}{
		{"nothing to ask", 0, 0, "09:00"},
		{"asked in a minute", 0, time.Minute, "09:01"},
		{"asking never ends", 0, forever, "09:03"},
		{"the first scan takes ten minutes", 10 * time.Minute, 11 * time.Minute, "09:11"},
		{"the first scan takes ten minutes, asking never ends", 10 * time.Minute, forever, "09:12"},
		{"the first scan never ends", forever, forever, "09:32"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m, p := twoParcels(), &postman{}
				r := start(t, config(me("08:00")), m, p, notify.Options{})
				m.move(1, parcel.Export)
				until(1, 12, 0)
				r.stop()
				m.move(1, parcel.ReadyForPickup) // urgent
				time.Sleep(time.Until(time.Date(2000, 1, 2, 9, 0, 0, 0, time.UTC)))
				began := time.Now()
				r = start(t, config(me("08:00")), m, p, notify.Options{Round: func(context.Context, time.Time) (notify.Round, error) {
					now := time.Since(began)
					return notify.Round{Scanning: now < c.scanning, Asking: now < c.asking}, nil
				}})
				defer r.stop()
				until(2, 10, 0)
				if diff := cmp.Diff([]string{"01-01 08:00 me@example.org", "01-02 " + c.want + " me@example.org"}, p.arrived()); diff != "" {
					t.Errorf("sent (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestASleepIsSeenByTheClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		slept time.Duration
		asked bool
		said  bool
	}{
		{"minutes", 20 * time.Minute, false, false},
		{"a night", 9 * time.Hour, true, false},
		{"three days", 72 * time.Hour, true, true},
		{"a wrong clock that was set", 9000 * time.Hour, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m, p := twoParcels(), &postman{}
				var slept atomic.Int64
				var since atomic.Pointer[time.Time]
				now := func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
				r := start(t, config(me("08:00")), m, p, notify.Options{Now: now, Round: func(_ context.Context, at time.Time) (notify.Round, error) {
					since.Store(&at)
					return notify.Round{}, nil
				}})
				defer r.stop()
				until(1, 12, 0)
				since.Store(nil)
				slept.Store(int64(c.slept))
				until(1, 12, 2)
				if got := since.Load() != nil; got != c.asked {
					t.Errorf("the round is asked for: %t, want %t", got, c.asked)
				}
				m.move(1, parcel.Export)
				time.Sleep(25 * time.Hour)
				m.move(1, parcel.Import)
				time.Sleep(25 * time.Hour)
				said := 0
				m.with(func(m *memory) {
					for _, msg := range m.messages {
						said += strings.Count(string(msg.Raw), "was off or asleep for 3 days")
					}
				})
				if want := map[bool]int{true: 2}[c.said]; said != want { // in text and HTML
					t.Errorf("said %d times, want %d", said, want)
				}
			})
		})
	}
}

// napping is a memory in which something happens while the notifier looks.
type napping struct {
	*memory

	nap func()
}

func (n *napping) Health(ctx context.Context) (parcel.Health, error) {
	n.nap()
	return n.memory.Health(ctx)
}

// TestASleepInTheMiddleOfALookDropsNoDigest lets the machine sleep over a digest while the notifier looks.
func TestASleepInTheMiddleOfALookDropsNoDigest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := twoParcels()
		var slept, asleep atomic.Int64
		source := &napping{memory: m, nap: func() { slept.Add(asleep.Swap(0)) }}
		var once sync.Once
		n := notify.New(config(me("08:00")), source, m, &postman{}, notify.Options{
			Turns: semaphore.NewWeighted(1),
			Now:   func() time.Time { return time.Now().Add(time.Duration(slept.Load())) },
			Round: func(_ context.Context, woke time.Time) (notify.Round, error) {
				if !woke.IsZero() {
					once.Do(func() { m.move(1, parcel.Export) }) // what asking has found
				}
				return notify.Round{}, nil
			},
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- n.Run(ctx) }()
		until(1, 12, 0)
		before := 0
		m.with(func(m *memory) { before = len(m.messages) })
		asleep.Store(int64(72 * time.Hour))
		until(1, 12, 5)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := len(m.messages) - before; got != 1 {
			t.Errorf("%d digests after the sleep, want the one that is overdue", got)
		}
	})
}
