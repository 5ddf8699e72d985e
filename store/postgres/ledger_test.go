package postgres_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"parcelwatch/store/postgres"
)

// TestASlotIsKnownAsCloselyAsTheQuickestAnswerTells asks a database that answers slowly a few
// times until when a slot is.
func TestASlotIsKnownAsCloselyAsTheQuickestAnswerTells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		delay := rapid.Custom(func(rt *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, 3_000_000).Draw(rt, "µs")) * time.Microsecond
		})
		wait, asks, answers := delay.Draw(rt, "wait"), rapid.SliceOfN(delay, 4, 4).Draw(rt, "asks"), rapid.SliceOfN(delay, 4, 4).Draw(rt, "answers")
		synctest.Test(t, func(*testing.T) {
			begun := time.Now()
			r := postgres.NewRemaining(begun, begun.Add(wait))
			quickest := time.Hour
			for i := range asks {
				if err := r.Read(asks[i], answers[i]); err != nil {
					rt.Fatal(err)
				}
				quickest = min(quickest, asks[i]+answers[i])
				if least, most := r.Bounds(); least > wait || most < wait || most-least > quickest+time.Millisecond {
					rt.Errorf("the slot is after %s, found between %s and %s; the quickest answer took %s", wait, least, most, quickest)
				}
			}
		})
	})
}
