package tracker_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

// TestANumberOfTwoHouseholdsIsAskedAboutOnce lets two households of one store follow the
// same number for days. Each has the news, and the carrier is asked as often as for
// one.
func TestANumberOfTwoHouseholdsIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	asked := map[bool]int{}
	for _, shared := range []bool{false, true} {
		office := &post{info: carriers.Info{Name: "post"}, answer: onItsWay}
		var neighbour *tracker.Tracker
		cfg := tracker.Config{Now: time.Now, Engine: engine(ask("post"), office)}
		cfg.OnAnswer = func(ctx context.Context, a carriers.Asked) {
			if err := neighbour.Receive(ctx, a); err != nil {
				t.Error(err)
			}
		}
		running(t, cfg, func(t *testing.T, mine *tracker.Tracker, db *sqlite.DB) {
			t.Helper()
			other := tracker.Config{Now: time.Now, Engine: engine(ask("post"), office)}
			other.OnAnswer = func(ctx context.Context, a carriers.Asked) {
				if err := mine.Receive(ctx, a); err != nil {
					t.Error(err)
				}
			}
			neighbour = tracker.New(other, db.Household("neighbour"))
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- neighbour.Run(ctx) }()
			add(t, mine, "RB123456785CN")
			synctest.Wait()
			if shared {
				add(t, neighbour, "RB123456785CN")
			}
			time.Sleep(4 * 24 * time.Hour)
			synctest.Wait()
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			asked[shared] = office.asked()
			if !shared {
				return
			}
			for _, s := range []interface {
				ParcelByNumber(ctx context.Context, n number.Number) (parcel.Parcel, error)
			}{db, db.Household("neighbour")} {
				p, err := s.ParcelByNumber(t.Context(), "RB123456785CN")
				if err != nil || p.Status != parcel.Export || !p.NextCheck.After(time.Now()) {
					t.Errorf("a household has %s, next check %s, %v", p.Status, p.NextCheck, err)
				}
			}
		})
	}
	// The neighbour's parcel is asked about once when it is added.
	if asked[true] > asked[false]+1 {
		t.Errorf("the carrier was asked %d times for two households, %d times for one", asked[true], asked[false])
	}
}

// onItsWay is an answer whose only event is of one day.
func onItsWay(n number.Number) carriers.Result {
	r := exported(n)
	r.Tracking.Events[0].Time = time.Date(1999, 12, 31, 12, 0, 0, 0, time.UTC) // the day before a bubble begins
	return r
}
