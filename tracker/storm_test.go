package tracker_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// slowStore delays the list of due parcels, as a store with very many parcels does.
type slowStore struct {
	store.Tracking

	takes time.Duration
	looks atomic.Int64
}

func (s *slowStore) Due(context.Context, time.Time, int, func(int64) bool) ([]parcel.Parcel, error) {
	s.looks.Add(1)
	time.Sleep(s.takes)
	return nil, nil
}

func (s *slowStore) NextDue(context.Context) (time.Time, error) { return time.Time{}, nil }

func TestAStormOfNewsDoesNotMakeTheTrackerLookAllTheTime(t *testing.T) {
	for name, c := range map[string]struct {
		takes       time.Duration
		least, most int64
	}{
		"a store that takes long is looked at a fifth of the time": {time.Second, 10, 14},
		"one that answers at once is looked at each time":          {0, 600, 601},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &slowStore{takes: c.takes}
				tr := tracker.New(tracker.Config{}, store)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- tr.Run(ctx) }()
				synctest.Wait()
				for range 600 {
					time.Sleep(100 * time.Millisecond)
					tr.Wake()
					synctest.Wait()
				}
				if got := store.looks.Load(); got < c.least || got > c.most {
					t.Errorf("looked %d times in a minute of 600 nudges, want %d to %d", got, c.least, c.most)
				}
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// reading counts the due parcels and the journeys that are read, and how often these are.
type reading struct {
	store.Tracking

	read, journeys, recalls int
}

func (r *reading) Journeys(ctx context.Context) ([]store.Journey, error) {
	got, err := r.Tracking.Journeys(ctx)
	r.journeys += len(got)
	r.recalls++
	return got, err
}

func (r *reading) Due(ctx context.Context, now time.Time, limit int, skip func(int64) bool) ([]parcel.Parcel, error) {
	got, err := r.Tracking.Due(ctx, now, limit, skip)
	r.read += len(got)
	return got, err
}
