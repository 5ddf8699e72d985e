package tracker_test

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

// found records parcels of a mail; unverified ones are named by nobody else.
func found(t *testing.T, db *sqlite.DB, unverified bool, numbers ...number.Number) {
	t.Helper()
	err := db.Apply(t.Context(), store.Scope{Numbers: numbers, Now: time.Now()}, func(s *store.State) error {
		for _, n := range numbers {
			p := &parcel.Parcel{FirstSeen: time.Now(), NextCheck: time.Now(), Unverified: unverified}
			p.AddLink(parcel.Link{Number: n, Since: time.Now(), Certainty: parcel.Certain})
			s.Parcels = append(s.Parcels, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func invented(from, to int) (out []number.Number) {
	for i := from; i < to; i++ {
		out = append(out, number.Number(fmt.Sprintf("LP%014d", i)))
	}
	return out
}

func TestParcelsOfUnprovenMailTakeNoCallOfOthers(t *testing.T) {
	var (
		mu    sync.Mutex
		calls []number.Number
	)
	asked := func() []number.Number {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(calls)
	}
	f := named("post", "")
	// It is 14:00 there, when a part of the budget is open to every rank.
	f.info.Budget, f.info.Batch, f.info.Day = 60, 1, time.FixedZone("", 14*3600)
	f.answer = func(n number.Number) (parcel.Tracking, error) {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, n)
		return parcel.Tracking{}, carriers.ErrNotFound
	}
	k := carriers.NewKeeper(f, carriers.NewMemoryLedger(), time.Now, slog.New(slog.DiscardHandler))
	e := engine(ask("post"))
	e.Askers["post"] = k
	running(t, tracker.Config{Engine: e}, func(t *testing.T, tr *tracker.Tracker, db *sqlite.DB) {
		junk, proven, later := invented(0, 60), invented(100, 104), invented(200, 206)
		found(t, db, true, junk...)
		tr.Wake()
		time.Sleep(25 * time.Second)
		found(t, db, false, proven...)
		tr.Wake()
		time.Sleep(2 * time.Minute)
		first := asked()
		if len(first) < 8 || !slices.Contains(junk, first[len(first)-1]) {
			t.Fatalf("asked about %v, want at least 8 numbers and an invented one last", first)
		}
		for i, n := range first {
			if slices.Contains(proven, n) && i > 8 {
				t.Errorf("%s was asked about as number %d, behind invented ones", n, i)
			}
		}
		time.Sleep(6 * time.Hour)
		found(t, db, false, later...)
		tr.Wake()
		time.Sleep(10 * time.Minute)
		for _, n := range slices.Concat(proven, later) {
			if !slices.Contains(asked(), n) {
				t.Errorf("%s was not asked about: the budget was spent on invented numbers", n)
			}
		}
		if got := get(t, db, junk[59]); got.NextCheck.Before(time.Now()) {
			t.Errorf("an invented number is due again at %s, now it is %s", got.NextCheck, time.Now())
		}
	})
}
