package tracker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

// post is a carrier for tests. It returns what answer returns, after a delay.
type post struct {
	info   carriers.Info
	answer func(number.Number) carriers.Result
	fail   error
	takes  time.Duration

	mu    sync.Mutex
	calls [][]number.Number
}

func (p *post) Info() carriers.Info { return p.info }

func (p *post) Track(ctx context.Context, _ carriers.Turn, numbers []number.Number) ([]carriers.Result, error) {
	timer := time.NewTimer(p.takes)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, numbers)
	if p.fail != nil {
		return nil, p.fail
	}
	var out []carriers.Result
	for _, n := range numbers {
		out = append(out, p.answer(n))
	}
	return out, nil
}

func (p *post) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, c := range p.calls {
		n += len(c)
	}
	return n
}

func (p *post) made() [][]number.Number {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

func exported(n number.Number) carriers.Result {
	return carriers.Result{Number: n, Tracking: parcel.Tracking{Origin: "CN", Events: []parcel.Event{
		{Time: time.Now().Add(-time.Hour), ZoneKnown: true, Status: parcel.Export, Country: "CN", Text: "left", Sources: []string{"post"}},
	}}}
}

// ask plans every number of a parcel for each of the carriers.
func ask(names ...string) tracker.Planner {
	return func(p parcel.Parcel, _ time.Time) []carriers.Ask {
		var out []carriers.Ask
		for _, name := range names {
			for _, n := range p.Numbers() {
				out = append(out, carriers.Ask{Carrier: name, Number: n})
			}
		}
		return out
	}
}

func engine(plan tracker.Planner, posts ...*post) *tracker.Engine {
	e := &tracker.Engine{Plan: plan, Now: time.Now, Askers: map[string]tracker.Asker{}}
	for _, p := range posts {
		e.Askers[p.info.Name] = p
	}
	return e
}

// running opens a store, starts a tracker over it in a bubble of fake time, and
// stops both before the bubble ends.
func running(t *testing.T, cfg tracker.Config, story func(*testing.T, *tracker.Tracker, *sqlite.DB)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tr := tracker.New(cfg, db)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- tr.Run(ctx) }()
		story(t, tr, db)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run ended with %v, want nil", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
}

func add(t *testing.T, tr *tracker.Tracker, numbers ...number.Number) {
	t.Helper()
	for _, n := range numbers {
		if _, err := tr.Add(t.Context(), n, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func get(t *testing.T, db *sqlite.DB, n number.Number) parcel.Parcel {
	t.Helper()
	p, err := db.ParcelByNumber(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestANewParcelIsAskedAboutAtOnceAndThenByItsSchedule(t *testing.T) {
	p := &post{info: carriers.Info{Name: "post", Batch: 10}, answer: exported}
	running(t, tracker.Config{Engine: engine(ask("post"), p)}, func(t *testing.T, tr *tracker.Tracker, db *sqlite.DB) {
		add(t, tr, "RB123456785CN")
		time.Sleep(time.Minute)
		got := get(t, db, "RB123456785CN")
		if p.asked() != 1 || got.Status != parcel.Export || got.Reason != "gap" {
			t.Errorf("asked %d times, status %q, next for %q; want once, export, gap", p.asked(), got.Status, got.Reason)
		}
		time.Sleep(10 * 24 * time.Hour)
		if n := p.asked(); n < 4 || n > 12 {
			t.Errorf("asked %d times in ten days of silence, want a few", n)
		}
	})
}

func TestASlowCarrierDoesNotHoldUpTheOthers(t *testing.T) {
	slow := &post{info: carriers.Info{Name: "slow", Batch: 1}, answer: exported, takes: time.Hour}
	fast := &post{info: carriers.Info{Name: "fast", Batch: 1}, answer: exported, takes: time.Second}
	cfg := tracker.Config{Engine: engine(ask("slow", "fast"), slow, fast)}
	running(t, cfg, func(t *testing.T, tr *tracker.Tracker, db *sqlite.DB) {
		add(t, tr, "RB123456785CN", "RR123456785CN")
		time.Sleep(30 * time.Minute)
		for _, n := range []number.Number{"RB123456785CN", "RR123456785CN"} {
			if got := get(t, db, n); got.Status != parcel.Export {
				t.Errorf("%s is %q while the slow carrier thinks, want the fast one's answer on record", n, got.Status)
			}
		}
	})
}

func TestNumbersAreAskedAboutInBatches(t *testing.T) {
	p := &post{info: carriers.Info{Name: "post", Batch: 10}, answer: exported, takes: time.Minute}
	running(t, tracker.Config{Engine: engine(ask("post"), p)}, func(t *testing.T, tr *tracker.Tracker, _ *sqlite.DB) {
		for i := range 25 {
			add(t, tr, number.Number(fmt.Sprintf("LP%014d", i)))
		}
		time.Sleep(10 * time.Minute)
		if calls := p.made(); len(calls) > 4 || p.asked() != 25 {
			t.Errorf("%d calls for %d numbers, want 25 numbers in at most 4 calls", len(calls), p.asked())
		}
	})
}

func TestACarrierThatIsNotAskedNowIsTriedWhenItsTimeComes(t *testing.T) {
	until := time.Date(2000, 1, 1, 9, 0, 0, 0, time.UTC) // the bubble starts at midnight
	p := &post{info: carriers.Info{Name: "post", Batch: 1}, fail: &carriers.NotNowError{Carrier: "post", Reason: "budget", Until: until}}
	running(t, tracker.Config{Engine: engine(ask("post"), p)}, func(t *testing.T, tr *tracker.Tracker, db *sqlite.DB) {
		add(t, tr, "RB123456785CN")
		time.Sleep(time.Hour)
		got := get(t, db, "RB123456785CN")
		if !got.NextCheck.Equal(until) || got.Reason != "waits_for_carrier" {
			t.Errorf("next check at %v for %q, want %v", got.NextCheck, got.Reason, until)
		}
		if src := got.Source("post", "RB123456785CN"); !src.Asked.IsZero() {
			t.Errorf("put down as asked at %v, want never", src.Asked)
		}
	})
}

func TestAFailureIsPutOnRecordAndNotTaken(t *testing.T) {
	p := &post{info: carriers.Info{Name: "post", Batch: 1}, fail: &carriers.Error{Kind: carriers.ErrDenied, Detail: "captcha"}}
	running(t, tracker.Config{Engine: engine(ask("post"), p)}, func(t *testing.T, tr *tracker.Tracker, db *sqlite.DB) {
		add(t, tr, "RB123456785CN")
		time.Sleep(time.Minute)
		got := get(t, db, "RB123456785CN")
		if src := got.Source("post", "RB123456785CN"); src.Result != parcel.ResultDenied || src.Error == "" {
			t.Errorf("source %+v, want denied with the reason", src)
		}
	})
}

func TestANumberThatAnAnswerNamesIsAskedAboutInTheSameVisit(t *testing.T) {
	const local = "59000000000017"
	origin := &post{info: carriers.Info{Name: "origin", Batch: 1}, answer: func(n number.Number) carriers.Result {
		r := exported(n)
		r.Tracking.Aliases = []parcel.Alias{{Number: local, Field: "copyRealMailNo"}}
		return r
	}}
	delivery := &post{info: carriers.Info{Name: "delivery", Batch: 1}, answer: exported}
	plan := func(p parcel.Parcel, _ time.Time) []carriers.Ask {
		asks := []carriers.Ask{{Carrier: "origin", Number: "LP00999900000034"}}
		if p.Has(local) {
			asks = append(asks, carriers.Ask{Carrier: "delivery", Number: local})
		}
		if p.Status == parcel.Export {
			asks = append(asks, carriers.Ask{Carrier: "delivery", Number: "LP00999900000034"})
		}
		return asks
	}
	running(t, tracker.Config{Engine: engine(plan, origin, delivery)}, func(t *testing.T, tr *tracker.Tracker, db *sqlite.DB) {
		add(t, tr, "LP00999900000034")
		time.Sleep(time.Minute)
		if fmt.Sprint(origin.made(), delivery.made()) != "[[LP00999900000034]] [[59000000000017]]" {
			t.Errorf("origin asked about %v, delivery about %v; want the new number once, and the old one at the next check", origin.made(), delivery.made())
		}
		if got := get(t, db, local); got.Source("delivery", local).Asked.IsZero() || got.NextCheck.Before(time.Now().Add(time.Hour)) {
			t.Errorf("next check at %s, sources %v; want the answer on record and a turn planned", got.NextCheck, got.Sources)
		}
	})
}

func TestNewsIsLoggedOnceAndNamesNobody(t *testing.T) {
	var log bytes.Buffer
	p := &post{info: carriers.Info{Name: "post", Batch: 1}, answer: exported}
	cfg := tracker.Config{Engine: engine(ask("post"), p), Log: slog.New(slog.NewTextHandler(&log, nil))}
	running(t, cfg, func(t *testing.T, tr *tracker.Tracker, _ *sqlite.DB) {
		ref := parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 1, UID: 7}
		n := saying(parcel.StepShipped, []string{orderA}, with("RB123456785CN", parcel.StepShipped, orderA))
		for range 2 {
			if _, err := tr.Intake(t.Context(), tracker.Policy{}, tracker.Mail{Ref: ref, Notice: n}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * 24 * time.Hour)
	})
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "parcels found in an email") || !strings.Contains(lines[1], "parcel has news") || strings.Contains(log.String(), "RB123456785CN") {
		t.Errorf("the log is\n%swant one line for the email, one for the news of %d answers, and no number", log.String(), p.asked())
	}
}

func TestAStopInTheMiddleOfAQuestionIsPrompt(t *testing.T) {
	p := &post{info: carriers.Info{Name: "post", Batch: 1}, answer: exported, takes: 24 * time.Hour}
	running(t, tracker.Config{Engine: engine(ask("post"), p)}, func(t *testing.T, tr *tracker.Tracker, _ *sqlite.DB) {
		add(t, tr, "RB123456785CN")
		time.Sleep(time.Minute) // a call is in progress; running() now stops the tracker
	})
	if p.asked() != 0 {
		t.Errorf("asked %d times, want the question cut off", p.asked())
	}
}

func TestWhatAPersonSaysOfAParcel(t *testing.T) {
	p := &post{info: carriers.Info{Name: "post", Batch: 1}, fail: carriers.ErrNotFound}
	running(t, tracker.Config{Engine: engine(ask("post"), p)}, func(t *testing.T, tr *tracker.Tracker, db *sqlite.DB) {
		ctx := t.Context()
		add(t, tr, "RB123456785CN", "RR123456785CN")
		if _, err := tr.Edit(ctx, "RB123456785CN", func(p *parcel.Parcel) { p.Title = "cable" }); err != nil {
			t.Fatal(err)
		}
		if _, err := tr.Merge(ctx, "RB123456785CN", "RR123456785CN"); err != nil {
			t.Fatal(err)
		}
		if _, err := tr.Merge(ctx, "RB123456785CN", "RR123456785CN"); !errors.Is(err, tracker.ErrSameParcel) {
			t.Errorf("merging one parcel with itself: %v, want ErrSameParcel", err)
		}
		if got := get(t, db, "RR123456785CN"); got.Title != "cable" || len(got.Links) != 2 {
			t.Errorf("merged parcel %+v, want both numbers under the title", got)
		}
		if _, err := tr.Split(ctx, "RR123456785CN"); err != nil {
			t.Fatal(err)
		}
		a, b := get(t, db, "RB123456785CN"), get(t, db, "RR123456785CN")
		if a.ID == b.ID || len(a.NeverJoin) != 1 || len(b.NeverJoin) != 1 {
			t.Errorf("after the split: %v apart %v, %v apart %v; want two parcels that stay apart", a.ID, a.NeverJoin, b.ID, b.NeverJoin)
		}
		if _, err := tr.Split(ctx, "RR123456785CN"); !errors.Is(err, tracker.ErrOnlyNumber) {
			t.Errorf("splitting the only number: %v, want ErrOnlyNumber", err)
		}
		if got, err := tr.Merge(ctx, "RB123456785CN", "RR123456785CN"); err != nil || len(got.Links) != 2 {
			t.Errorf("merging again what was split: %v, %v; want it to be possible by hand", got.Numbers(), err)
		}
		if _, err := tr.Split(ctx, "RR123456785CN"); err != nil {
			t.Fatal(err)
		}
		if err := tr.Forget(ctx, "RR123456785CN", false); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ParcelByNumber(ctx, "RR123456785CN"); !errors.Is(err, parcel.ErrNotFound) {
			t.Errorf("a forgotten parcel: %v, want ErrNotFound", err)
		}
	})
}

func TestNumbersDueSoonRideAlongAndAreNotAskedTwice(t *testing.T) {
	bus := &post{info: carriers.Info{Name: "bus", Batch: 10}, answer: exported, takes: time.Second}
	bike := &post{info: carriers.Info{Name: "bike", Batch: 1}, answer: exported, takes: time.Second}
	plan := func(p parcel.Parcel, now time.Time) []carriers.Ask {
		var out []carriers.Ask
		for _, name := range []string{"bus", "bike"} {
			a := carriers.Ask{Carrier: name, Number: p.Number()}
			if now.Sub(p.Source(name, p.Number()).Asked) < 4*time.Hour {
				a.Skip = parcel.ResultSkipped
			}
			out = append(out, a)
		}
		return out
	}
	running(t, tracker.Config{Engine: engine(plan, bus, bike)}, func(t *testing.T, tr *tracker.Tracker, db *sqlite.DB) {
		began := time.Now()
		err := db.Apply(t.Context(), store.Scope{Now: began}, func(s *store.State) error {
			for i, wait := range []time.Duration{0, time.Hour, 2 * time.Hour, 5 * time.Hour} {
				p := &parcel.Parcel{FirstSeen: began, NextCheck: began.Add(wait)}
				p.AddLink(parcel.Link{Number: number.Number(fmt.Sprintf("LP%014d", i)), Certainty: parcel.Certain})
				s.Parcels = append(s.Parcels, p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		tr.Wake()
		time.Sleep(4 * time.Hour)
		if calls := bus.made(); len(calls) != 1 || bus.asked() != 3 {
			t.Errorf("calls %v, want the one that is due with the two that are due soon", calls)
		}
		if bike.asked() != 3 {
			t.Errorf("calls %v to a carrier that takes one number, want each at its own time", bike.made())
		}
		if p := get(t, db, "LP00000000000001"); p.NextCheck.Before(began.Add(4 * time.Hour)) {
			t.Errorf("next check of a rider at %s, want one after its own turn", p.NextCheck)
		}
		time.Sleep(2 * time.Hour)
		if bus.asked() != 4 {
			t.Errorf("%d numbers asked of the bus, want the late one too", bus.asked())
		}
	})
}
