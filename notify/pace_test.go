package notify_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// counting is a memory that counts the checks of the notifier, each of which reads the health.
type counting struct {
	*memory

	checks atomic.Int64
}

func (c *counting) Health(ctx context.Context) (parcel.Health, error) {
	c.checks.Add(1)
	return c.memory.Health(ctx)
}

func TestNudgesArePacedUnlessTheClockIsSimulated(t *testing.T) {
	t.Parallel()
	for name, unpaced := range map[string]bool{"in real time a burst of nudges is one check": false, "with a simulated clock each nudge is a check": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &counting{memory: twoParcels()}
				n := notify.New(config(me("08:00")), c, c.memory, &postman{}, notify.Options{Unpaced: unpaced})
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- n.Run(ctx) }()
				until(1, 9, 0)
				n.Wake()
				synctest.Wait()
				c.checks.Store(0)
				const nudges = 5
				for range nudges {
					n.Wake()
					synctest.Wait()
				}
				got := c.checks.Load()
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
				if unpaced && got < nudges {
					t.Errorf("%d checks after %d nudges", got, nudges)
				}
				if !unpaced && got > 0 {
					t.Errorf("%d checks at once after %d nudges", got, nudges)
				}
			})
		})
	}
}
