package notify_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/semaphore"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// Households that want their digests at the same minute take turns, and all get them.
func TestNotifiersThatShareTurnsComposeOneAfterAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const households, at = 12, 2
		var composing, most atomic.Int32
		made := 0
		o := notify.Options{Turns: semaphore.NewWeighted(at), Gaps: func(context.Context) (notify.Gap, error) {
			now := composing.Add(1)
			defer composing.Add(-1)
			time.Sleep(time.Second)
			if now > most.Load() {
				most.Store(now)
			}
			return func(string, string) (int, int) { return 7, 25 }, nil
		}}
		var stores []*memory
		var stops []func()
		for range households {
			m := twoParcels()
			r := start(t, config(me("08:00")), m, &postman{}, o)
			m.move(1, parcel.Delivered)
			stores, stops = append(stores, m), append(stops, r.stop)
		}
		until(1, 8, 5)
		for i, m := range stores {
			stops[i]()
			made += len(m.messages)
		}
		if most.Load() != at || made != households {
			t.Errorf("%d of %d digests made, at most %d at once, want all and %d", made, households, most.Load(), at)
		}
	})
}

// TestAWaitForATurnIsNoSleep has others compose for longer than a sleep lasts at least.
func TestAWaitForATurnIsNoSleep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := twoParcels()
		m.move(1, parcel.Export)
		turns := semaphore.NewWeighted(1)
		ctx, cancel := context.WithCancel(t.Context())
		var others sync.WaitGroup
		for range 4 {
			others.Go(func() {
				for turns.Acquire(ctx, 1) == nil {
					time.Sleep(15 * time.Minute)
					turns.Release(1)
				}
			})
		}
		n := notify.New(config(me("08:00")), m, m, &postman{}, notify.Options{Turns: turns})
		done := make(chan error, 1)
		go func() { done <- n.Run(ctx) }()
		time.Sleep(4 * 24 * time.Hour)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		others.Wait()
		m.with(func(m *memory) {
			if len(m.messages) == 0 {
				t.Error("no digest in four days")
			}
		})
	})
}
