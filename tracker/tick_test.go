package tracker_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/test/bench"
	"parcelwatch/tracker"
)

// crowd returns a tracker with every carrier, over a store of n parcels with a
// history. One parcel per second is due from noon on.
func crowd(tb testing.TB, n int, now func() time.Time) *tracker.Tracker {
	tb.Helper()
	return crowdIn(tb, n, now, func(s store.Tracking) store.Tracking { return s })
}

// crowdIn is crowd with a wrapper around the store.
func crowdIn(tb testing.TB, n int, now func() time.Time, around func(store.Tracking) store.Tracking) *tracker.Tracker {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "p.db"), sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	err = db.Apply(tb.Context(), store.Scope{Now: noon()}, func(s *store.State) error {
		for i := range n {
			s.Parcels = append(s.Parcels, travelled(i))
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	set, err := carriers.NewSet(all.Factories(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	engine := tracker.NewEngine(set, "RU", carriers.NewMemoryLedger(), now, slog.New(slog.DiscardHandler))
	return tracker.New(tracker.Config{Home: "RU", Now: now, Engine: engine}, around(db))
}

func travelled(i int) *parcel.Parcel {
	p := &parcel.Parcel{FirstSeen: noon().AddDate(0, 0, -20), Origin: "CN", NextCheck: noon().Add(time.Duration(i) * time.Second), Orders: []string{fmt.Sprintf("819%013d", i)}}
	p.AddLink(parcel.Link{Number: number.Number(fmt.Sprintf("LP%014d", i)), Since: p.FirstSeen, Certainty: parcel.Certain})
	for _, carrier := range []string{"cainiao", "russianpost"} {
		s := parcel.Source{Carrier: carrier, Number: p.Number(), Result: parcel.ResultOK, Asked: noon().Add(-day)}
		for k := range 12 {
			s.Events = append(s.Events, parcel.Event{
				Time: p.FirstSeen.AddDate(0, 0, k), ZoneKnown: true, Status: parcel.InTransit, Country: "CN", Place: "Guangzhou", Text: "Departed", Code: "SC_OUTBOUND_SUCCESS",
			})
		}
		p.Sources = append(p.Sources, s)
	}
	p.Settle("RU", noon())
	return p
}

func TestALookAtABacklogStartsNothingTwiceAndRests(t *testing.T) {
	look := tracker.NewLook(crowd(t, 30, func() time.Time { return noon().Add(9 * time.Second) }))
	first := look.Tick(t.Context())
	if look.UnderWay() != 10 {
		t.Fatalf("%d parcels are asked about, want the 10 that are due", look.UnderWay())
	}
	second := look.Tick(t.Context())
	if look.UnderWay() != 10 {
		t.Errorf("%d parcels are asked about after the second look, want 10", look.UnderWay())
	}
	// All due parcels have a visit: looking every second would only read them
	// again.
	for _, wait := range []time.Duration{first, second} {
		if wait < 10*time.Second || wait > time.Minute {
			t.Errorf("looks again after %s, want between 10 s and a minute", wait)
		}
	}
}

func TestALookReadsNothingThatIsUnderWay(t *testing.T) {
	var db *reading
	look := tracker.NewLook(crowdIn(t, 300, func() time.Time { return noon().Add(199 * time.Second) }, func(s store.Tracking) store.Tracking {
		db = &reading{Tracking: s}
		return db
	}))
	look.Tick(t.Context())
	if look.UnderWay() < 200 {
		t.Fatalf("%d parcels are asked about, want the 200 that are due", look.UnderWay())
	}
	first := db.read
	look.Tick(t.Context())
	if again := db.read - first; again > 0 {
		t.Errorf("the second look has read %d parcels of a backlog of 200, want none", again)
	}
}

// TestALookReadsAsMuchOfALargeHouseholdAsOfASmallOne looks at one parcel that is due among many.
func TestALookReadsAsMuchOfALargeHouseholdAsOfASmallOne(t *testing.T) {
	read := map[int]int{}
	for _, n := range []int{320, 960} {
		var db *reading
		look := tracker.NewLook(crowdIn(t, n, noon, func(s store.Tracking) store.Tracking {
			err := s.Apply(t.Context(), store.Scope{Now: noon()}, func(st *store.State) error {
				for i := range n {
					p := travelled(n + i)
					p.Destination, p.Exported, p.Imported, p.NextCheck = "RU", noon().AddDate(0, 0, -15), noon().AddDate(0, 0, -5), time.Time{}
					st.Parcels = append(st.Parcels, p)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			db = &reading{Tracking: s}
			return db
		}))
		if look.Tick(t.Context()); look.UnderWay() == 0 {
			t.Fatal("no parcel is asked about")
		}
		read[n] = db.read + db.journeys
	}
	if read[320] == 0 || read[320] != read[960] {
		t.Errorf("a look has read %d parcels and journeys of 640, and %d of 1920", read[320], read[960])
	}
}

func TestEarlierJourneysAreReadOnceAnHour(t *testing.T) {
	cases := []struct {
		after time.Duration
		want  int
	}{{0, 1}, {30 * time.Minute, 1}, {55 * time.Minute, 1}, {time.Hour, 2}, {90 * time.Minute, 2}, {2 * time.Hour, 3}}
	now := noon()
	var db *reading
	look := tracker.NewLook(crowdIn(t, 0, func() time.Time { return now }, func(s store.Tracking) store.Tracking {
		err := s.Apply(t.Context(), store.Scope{Now: noon()}, func(st *store.State) error {
			for i := range 600 { // more than a call takes before they are due
				p := travelled(i)
				p.NextCheck = noon().Add(time.Duration(i) * 13 * time.Second)
				st.Parcels = append(st.Parcels, p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		db = &reading{Tracking: s}
		return db
	}))
	for _, c := range cases {
		now = noon().Add(c.after)
		before := look.UnderWay()
		look.Tick(t.Context())
		if look.UnderWay() == before {
			t.Fatalf("no parcel is newly asked about after %s", c.after)
		}
		if db.recalls != c.want {
			t.Errorf("after %s they are read %d times, want %d", c.after, db.recalls, c.want)
		}
	}
}

// BenchmarkTick runs a round over ten thousand parcels of which as many are due as
// fall due in a minute if each is asked about twice a day.
func BenchmarkTick(b *testing.B) {
	const due = 14
	t := crowd(b, 10_000, func() time.Time { return noon().Add((due - 1) * time.Second) })
	var turns bench.Turns
	for b.Loop() {
		began := time.Now()
		look := tracker.NewLook(t)
		look.Tick(b.Context())
		turns.Add(began)
		if look.UnderWay() < due {
			b.Fatalf("%d parcels are asked about, want %d at least", look.UnderWay(), due)
		}
	}
	turns.Report(b)
}

// BenchmarkTickInABacklog runs a round while a thousand parcels wait for their
// turn.
func BenchmarkTickInABacklog(b *testing.B) {
	look := tracker.NewLook(crowd(b, 10_000, func() time.Time { return noon().Add(999 * time.Second) }))
	look.Tick(b.Context())
	for b.Loop() {
		look.Tick(b.Context())
	}
	if look.UnderWay() != 1000 {
		b.Fatalf("%d parcels are asked about, want 1000", look.UnderWay())
	}
}
