package carriers_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// delays are how long one step after the other takes; later ones take no time.
type delays []time.Duration

func (d *delays) pass() {
	if len(*d) > 0 {
		time.Sleep((*d)[0])
		*d = (*d)[1:]
	}
}

// hindered is the ledger of a daemon in which anything may take long.
type hindered struct {
	store.Ledger

	before, after delays // of bookings: until the ledger has booked, and then until the daemon hears of it
	takes         delays // of counting a call
	freezes       delays // of the process, when it begins to wait
	patience      time.Duration
	counted       int
}

func (h *hindered) Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (time.Time, error) {
	h.before.pass()
	at, err := h.Ledger.Reserve(ctx, host, interval, now)
	h.after.pass()
	return at, err
}

func (h *hindered) Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (bool, error) {
	ok, err := h.Ledger.Take(ctx, carrier, day, count, budget)
	if ok {
		h.counted++
	}
	h.takes.pass()
	return ok, err
}

// freezing is the context of a process that is frozen now and then.
type freezing struct {
	context.Context //nolint:containedctx // it is one

	freezes *delays
}

// Done is asked for when a wait begins. The timer of the wait runs on while the process is
// frozen.
func (f freezing) Done() <-chan struct{} {
	f.freezes.pass()
	return f.Context.Done()
}

// track asks a few times and returns when calls were made.
func (h *hindered) track(ctx context.Context, budget, times int) ([]time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	f := &fake{info: fakeInfo()}
	f.info.Budget = budget
	k := carriers.NewKeeper(f, h, time.Now, slog.New(slog.DiscardHandler))
	for range times {
		_, err := k.Track(freezing{ctx, &h.freezes}, carriers.Turn{Wait: 90 * time.Second}, []number.Number{"RB123456785CN"}) //nolint:contextcheck // it is the one above
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return f.asked, err
		}
	}
	return f.asked, nil
}

func drawHindered(rt *rapid.T, l store.Ledger) *hindered {
	draw := func(what string) delays {
		return rapid.SliceOfN(rapid.Map(rapid.SampledFrom([]int{0, 0, 1, 400, 600, 4000, 9000, 10_000, 15_000, 31_000}), func(ms int) time.Duration {
			return time.Duration(ms) * time.Millisecond
		}), 0, 6).Draw(rt, what)
	}
	return &hindered{
		Ledger: l, before: draw("before"), after: draw("after"), takes: draw("takes"), freezes: draw("freezes"),
		patience: time.Duration(rapid.IntRange(1, 200).Draw(rt, "patience")) * time.Second,
	}
}

// TestNoStepBringsCallsTogether lets daemons ask one host while their ledgers are slow,
// their processes freeze and their callers give up.
func TestNoStepBringsCallsTogether(t *testing.T) {
	const budget, each = 7, 3
	rapid.Check(t, func(rt *rapid.T) {
		ledger := carriers.NewMemoryLedger()
		var daemons []*hindered
		for range rapid.IntRange(1, 4).Draw(rt, "daemons") {
			daemons = append(daemons, drawHindered(rt, ledger))
		}
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var asked []time.Time
			var all sync.WaitGroup
			for _, d := range daemons {
				all.Go(func() {
					calls, err := d.track(t.Context(), budget, each)
					mu.Lock()
					defer mu.Unlock()
					if asked = append(asked, calls...); len(calls) > d.counted || err != nil {
						rt.Errorf("a daemon has made %d calls and counted %d: %v", len(calls), d.counted, err)
					}
				})
			}
			all.Wait()
			slices.SortFunc(asked, time.Time.Compare)
			for i := 1; i < len(asked); i++ {
				if gap := asked[i].Sub(asked[i-1]); gap < 9500*time.Millisecond {
					rt.Errorf("two calls are %s apart, the interval is 10 s", gap)
				}
			}
			if len(asked) > budget {
				rt.Errorf("%d calls are made, the budget is %d", len(asked), budget)
			}
		})
	})
}

// TestACallAfterMidnightCountsOnItsOwnDay waits over midnight for its slot.
func TestACallAfterMidnightCountsOnItsOwnDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(24*time.Hour - 15*time.Second)
		f := &fake{info: fakeInfo()}
		k, ledger, _ := keep(f)
		for range 4 { // 15 and 5 seconds before midnight, 5 and 15 after
			if err := one(t, k); err != nil {
				t.Fatal(err)
			}
		}
		if h := health(t, ledger); h.Today != 2 {
			t.Errorf("%d calls count on the second day, want 2", h.Today)
		}
	})
}

// TestARepeatedGetIsACallLikeAnyOther keeps its distance and counts.
func TestARepeatedGetIsACallLikeAnyOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{info: fakeInfo(), whole: func(int) error { return &carriers.Error{Kind: carriers.ErrTemporary, Again: true} }}
		f.info.Budget = 3
		k, ledger, _ := keep(f)
		for range 2 {
			if err := one(t, k); !errors.Is(err, carriers.ErrTemporary) {
				t.Fatal(err)
			}
		}
		if len(f.asked) != 3 || health(t, ledger).Today != 3 {
			t.Fatalf("%d calls, %d counted, want the budget of 3", len(f.asked), health(t, ledger).Today)
		}
		for i, at := range f.asked[1:] {
			if gap := at.Sub(f.asked[i]); gap < 10*time.Second {
				t.Errorf("%s before call %d", gap, i+2)
			}
		}
	})
}

// chatty is a carrier that makes several requests in a call.
type chatty struct {
	*fake

	requests int
	made     []time.Time
}

func (c *chatty) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return []carriers.Result{{Number: numbers[0], Err: c.ask(ctx)}}, nil
}

func (c *chatty) ask(ctx context.Context) error {
	for range c.requests {
		if err := carriers.AwaitRequest(ctx); err != nil {
			return err
		}
		c.made = append(c.made, time.Now())
	}
	return nil
}

func TestTheRequestsOfACallKeepTheirDistanceAndCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chatty{fake: &fake{info: fakeInfo()}, requests: 3}
		ledger := &hindered{Ledger: carriers.NewMemoryLedger()}
		k := carriers.NewKeeper(c, ledger, time.Now, slog.New(slog.DiscardHandler))
		for _, wait := range []time.Duration{90 * time.Second, 90 * time.Second, c.info.Interval} {
			if res, err := k.Track(t.Context(), carriers.Turn{Wait: wait}, []number.Number{"RB123456785CN"}); err != nil || res[0].Err != nil {
				t.Fatalf("got %+v, error %v", res, err)
			}
		}
		if len(c.made) != 9 || ledger.counted != 9 {
			t.Fatalf("%d requests are made and %d counted, want 9", len(c.made), ledger.counted)
		}
		for i := range c.made[1:] {
			if gap := c.made[i+1].Sub(c.made[i]); gap < c.info.Interval {
				t.Errorf("request %d follows after %s, want %s", i+1, gap, c.info.Interval)
			}
		}
	})
}

func TestAFurtherRequestThatMayNotBeMadeSaysNothingOfTheCarrier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chatty{fake: &fake{info: fakeInfo()}, requests: 2}
		c.info.Budget = 1
		ledger := carriers.NewMemoryLedger()
		k := carriers.NewKeeper(c, ledger, time.Now, slog.New(slog.DiscardHandler))
		res, err := k.Track(t.Context(), carriers.Turn{Wait: 90 * time.Second}, []number.Number{"RB123456785CN"})
		if _, ok := errors.AsType[*carriers.NotNowError](res[0].Err); err != nil || !ok {
			t.Errorf("got %+v, error %v", res, err)
		}
		if h := health(t, ledger); h.Fails != 0 || h.State != "" || !h.LastSuccess.IsZero() {
			t.Errorf("health %+v", h)
		}
	})
}

func TestAFailureOfTheLedgerBetweenTwoRequestsIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chatty{fake: &fake{info: fakeInfo()}, requests: 2}
		ledger := &torn{MemoryLedger: carriers.NewMemoryLedger(), left: 3} // health, slot and count of the first request
		k := carriers.NewKeeper(c, ledger, time.Now, slog.New(slog.DiscardHandler))
		if _, err := k.Track(t.Context(), carriers.Turn{Wait: 90 * time.Second}, []number.Number{"RB123456785CN"}); !errors.Is(err, errTorn) || len(c.made) != 1 {
			t.Errorf("error %v after %d requests", err, len(c.made))
		}
	})
}
