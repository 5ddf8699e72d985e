package notify_test

import (
	"context"
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
