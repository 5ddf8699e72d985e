package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// failing has parcels that no carrier is asked about, of which some cannot be recorded.
type failing struct {
	store.Tracking

	parcels int
	fails   func(id int64) error
	tries   atomic.Int64 // transactions
	stored  atomic.Int64
}

func (s *failing) Due(context.Context, time.Time, int, func(int64) bool) (due []parcel.Parcel, err error) {
	for i := range s.parcels {
		due = append(due, parcel.Parcel{ID: int64(i + 1), Links: []parcel.Link{{Number: number.Number(fmt.Sprintf("N%03d", i))}}})
	}
	return due, nil
}

func (s *failing) NextDue(context.Context) (time.Time, error) { return time.Time{}, nil }

func (s *failing) Journeys(context.Context) ([]store.Journey, error) { return nil, nil }

func (s *failing) ApplyAll(_ context.Context, decisions []store.Decision) (int, error) {
	s.tries.Add(1)
	for i, d := range decisions {
		if err := s.fails(d.Scope.Parcels[0]); err != nil {
			return i, err
		}
		s.stored.Add(1)
	}
	return len(decisions), nil
}

// TestWhatCannotBeRecordedIsLeftOut runs one round over parcels that are recorded together.
func TestWhatCannotBeRecordedIsLeftOut(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		fails         func(id int64) error
		tries, stored int64
	}{
		"nothing fails": {func(int64) error { return nil }, 4, 200},
		"one parcel fails, first of its transaction": {func(id int64) error {
			if id == 65 {
				return boom
			}
			return nil
		}, 5, 199},
		"one parcel fails in the middle": {func(id int64) error {
			if id == 70 {
				return boom
			}
			return nil
		}, 5, 199},
		"the disk is full": {func(int64) error { return fmt.Errorf("write: %w", store.ErrNoSpace) }, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &failing{parcels: 200, fails: c.fails}
				tr := tracker.New(tracker.Config{Engine: engine(ask())}, s)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- tr.Run(ctx) }()
				synctest.Wait()
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if got := [2]int64{s.tries.Load(), s.stored.Load()}; got != [2]int64{c.tries, c.stored} {
					t.Errorf("%d transactions stored %d parcels, want %d and %d", got[0], got[1], c.tries, c.stored)
				}
			})
		})
	}
}
