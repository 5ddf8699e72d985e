package carriers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// one asks for one number.
func one(t *testing.T, k *carriers.Keeper) error {
	t.Helper()
	res, err := k.Track(t.Context(), carriers.Turn{Wait: 90 * time.Second}, []number.Number{"RB123456785CN"})
	if err != nil {
		t.Fatal(err)
	}
	return res[0].Err
}

func TestNumbersAreSplitIntoCallsAndKeepTheirDistance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{info: fakeInfo()}
		k, ledger, _ := keep(f)
		start := time.Now()
		numbers := []number.Number{"N1111", "N2222", "N3333", "N4444", "N5555"}
		res, err := k.Track(t.Context(), carriers.Turn{Wait: 90 * time.Second}, numbers)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range res {
			if r.Number != numbers[i] || r.Err != nil {
				t.Errorf("result %d is %+v", i, r)
			}
		}
		if got := f.sizes; len(got) != 3 || got[0] != 2 || got[2] != 1 {
			t.Errorf("calls of %v numbers, want 2, 2, 1", got)
		}
		for i, at := range f.asked {
			if want := time.Duration(i) * 10 * time.Second; at.Sub(start) != want {
				t.Errorf("call %d after %s, want %s", i, at.Sub(start), want)
			}
		}
		if h := health(t, ledger); h.Today != 3 {
			t.Errorf("%d calls are counted, want 3", h.Today)
		}
	})
}

func TestImpatienceIsToldWhenAndBooksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{info: fakeInfo()}
		k, _, _ := keep(f)
		start := time.Now()
		if err := one(t, k); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			res, err := k.Track(t.Context(), carriers.Turn{Wait: time.Second}, []number.Number{"RB123456785CN"})
			if err != nil {
				t.Fatal(err)
			}
			until, ok := carriers.NotNowUntil(res[0].Err)
			if !ok || !errors.Is(res[0].Err, carriers.ErrNotNow) || until.Sub(start) != 10*time.Second {
				t.Errorf("error %v until %s, want the next turn 10 s after the first", res[0].Err, until.Sub(start))
			}
		}
		if err := one(t, k); err != nil {
			t.Fatal(err)
		}
		if at := f.asked[1].Sub(start); at != 10*time.Second {
			t.Errorf("the turn came after %s: impatient callers have booked in vain", at)
		}
	})
}

func TestWaitersDoNotQueueWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		info := fakeInfo()
		info.Interval = time.Minute
		f := &fake{info: info}
		k, _, _ := keep(f)
		done := make(chan error, 5)
		for range 5 {
			go func() { done <- one(t, k) }()
		}
		var late int
		for range 5 {
			if err := <-done; errors.Is(err, carriers.ErrNotNow) {
				late++
			}
		}
		if late != 3 || len(f.asked) != 2 {
			t.Errorf("%d asked and %d told to come later within 90 s at one a minute, want 2 and 3", len(f.asked), late)
		}
	})
}

func TestBudgetEndsTheDayInItsZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble's clock starts at midnight UTC
		info := fakeInfo()
		info.Budget, info.Day = 2, time.FixedZone("", 3*3600)
		f := &fake{info: info}
		k, _, _ := keep(f)
		for range 2 {
			if err := one(t, k); err != nil {
				t.Fatal(err)
			}
		}
		until, ok := carriers.NotNowUntil(one(t, k))
		if want := time.Date(2000, 1, 1, 21, 1, 0, 0, time.UTC); !ok || !until.Equal(want) {
			t.Errorf("told to come at %s, want %s, when the day turns there", until, want)
		}
		time.Sleep(time.Until(until))
		if err := one(t, k); err != nil {
			t.Errorf("on the next day: %v", err)
		}
	})
}

func TestAShareOfTheBudgetLeavesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		info := fakeInfo()
		info.Budget = 5
		f := &fake{info: info}
		k, _, _ := keep(f)
		var made []bool
		for _, share := range []int{40, 40, 40, 0, 40, 0, 0, 0} {
			res, err := k.Track(t.Context(), carriers.Turn{Wait: time.Minute, Share: share}, []number.Number{"RB123456785CN"})
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, res[0].Err == nil)
		}
		if want := []bool{true, true, false, true, false, true, true, false}; !slices.Equal(made, want) {
			t.Errorf("calls were made %v, want %v", made, want)
		}
	})
}

func TestABrokenGetIsRepeatedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		again := &carriers.Error{Kind: carriers.ErrTemporary, Again: true}
		f := &fake{info: fakeInfo(), whole: func(call int) error {
			if call == 1 {
				return again
			}
			return nil
		}}
		k, ledger, _ := keep(f)
		if err := one(t, k); err != nil || len(f.asked) != 2 {
			t.Errorf("error %v after %d calls", err, len(f.asked))
		}
		f.whole = func(int) error { return again }
		if err := one(t, k); !errors.Is(err, carriers.ErrTemporary) || len(f.asked) != 4 {
			t.Errorf("error %v after %d calls: once more is enough", err, len(f.asked)-2)
		}
		f.whole = func(int) error { return carriers.ErrTemporary }
		if err := one(t, k); err == nil || len(f.asked) != 5 {
			t.Errorf("error %v after %d calls: only a broken connection is repeated", err, len(f.asked)-4)
		}
		if h := health(t, ledger); h.Fails != 2 {
			t.Errorf("%d failures are recorded, want 2", h.Fails)
		}
	})
}

func TestQuarantineGrowsIsKeptAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{info: fakeInfo(), whole: func(int) error {
			return &carriers.Error{Kind: carriers.ErrDenied, Detail: "wrong key"}
		}}
		k, ledger, log := keep(f)
		for i, want := range []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
			if err := one(t, k); !errors.Is(err, carriers.ErrDenied) {
				t.Fatalf("failure %d: %v", i+1, err)
			}
			h := health(t, ledger)
			if h.State != parcel.CarrierQuarantined || time.Until(h.Until) != want || !strings.Contains(h.Error, "wrong key") {
				t.Errorf("failure %d: %s for %s because of %q, want %s", i+1, h.State, time.Until(h.Until), h.Error, want)
			}
			// another keeper on the same ledger, as after a restart
			second := carriers.NewKeeper(f, ledger, time.Now, slog.New(slog.DiscardHandler))
			if err := one(t, second); !errors.Is(err, carriers.ErrNotNow) || !strings.Contains(err.Error(), "wrong key") {
				t.Errorf("failure %d: after a restart: %v", i+1, err)
			}
			time.Sleep(want + time.Second)
		}
		f.whole = nil
		if err := one(t, k); err != nil {
			t.Fatal(err)
		}
		if h := health(t, ledger); h.State != parcel.CarrierOK || h.Fails != 0 || h.Error != "" || !h.Until.IsZero() || h.LastSuccess.IsZero() {
			t.Errorf("after a success: %+v", h)
		}
		if n := strings.Count(log.String(), "left alone"); n != 1 || !strings.Contains(log.String(), "answers again") {
			t.Errorf("the log tells %d times that it broke, want once, and that it works again:\n%s", n, log)
		}
	})
}

// A corrected credential is tried at once after a restart, and a wrong one only once.
func TestARefusedCredentialIsTriedOnceByEachKeeper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{info: fakeInfo(), whole: func(int) error { return carriers.ErrCredential }}
		k, ledger, _ := keep(f)
		for range 3 { // the second failure is the keeper's own try
			_ = one(t, k)
		}
		before := len(f.asked)
		second := carriers.NewKeeper(f, ledger, time.Now, slog.New(slog.DiscardHandler))
		if err := one(t, second); !errors.Is(err, carriers.ErrCredential) {
			t.Errorf("after a restart: %v, want the carrier's answer", err)
		}
		err := one(t, second)
		if until, _ := carriers.NotNowUntil(err); !errors.Is(err, carriers.ErrNotNow) || time.Until(until) > time.Hour {
			t.Errorf("the second time: %v until %s, want to be asked again within an hour", err, until)
		}
		if len(f.asked) != before+1 {
			t.Errorf("the carrier is called %d times after a restart, want once", len(f.asked)-before)
		}
		f.whole = nil
		third := carriers.NewKeeper(f, ledger, time.Now, slog.New(slog.DiscardHandler))
		if err := one(t, third); err != nil || health(t, ledger).State != parcel.CarrierOK {
			t.Errorf("with the right credential: %v, %+v", err, health(t, ledger))
		}
	})
}

func TestAfterFailure(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		fails int
		err   error
		state parcel.CarrierState
		wait  time.Duration
	}{
		"one odd answer may be one odd parcel":     {0, carriers.ErrChanged, parcel.CarrierChanged, 0},
		"two in a row are a change":                {1, carriers.ErrChanged, parcel.CarrierChanged, time.Hour},
		"a change that stays":                      {9, carriers.ErrChanged, parcel.CarrierChanged, 24 * time.Hour},
		"the network may be away":                  {1, carriers.ErrTemporary, parcel.CarrierOK, 0},
		"away for the third time":                  {2, carriers.ErrTemporary, parcel.CarrierQuarantined, time.Hour},
		"away for long":                            {30, carriers.ErrTemporary, parcel.CarrierQuarantined, 6 * time.Hour},
		"a limit without a time":                   {0, carriers.ErrThrottled, parcel.CarrierThrottled, time.Hour},
		"a limit with its time":                    {0, &carriers.Error{Kind: carriers.ErrThrottled, After: 2 * time.Minute}, parcel.CarrierThrottled, 2 * time.Minute},
		"a limit again, with a short time":         {1, &carriers.Error{Kind: carriers.ErrThrottled, After: 2 * time.Minute}, parcel.CarrierThrottled, 6 * time.Hour},
		"a limit again, with a long time":          {1, &carriers.Error{Kind: carriers.ErrThrottled, After: 20 * time.Hour}, parcel.CarrierThrottled, 20 * time.Hour},
		"a refusal is meant at once":               {0, carriers.ErrDenied, parcel.CarrierQuarantined, time.Hour},
		"a wrong credential":                       {0, carriers.ErrCredential, parcel.CarrierCredential, time.Hour},
		"a wrong credential again":                 {1, fmt.Errorf("x: %w", carriers.ErrCredential), parcel.CarrierCredential, 6 * time.Hour},
		"a captcha":                                {0, &carriers.Error{Kind: carriers.ErrCaptcha}, parcel.CarrierCaptcha, time.Hour},
		"a block":                                  {2, carriers.ErrBlocked, parcel.CarrierBlocked, 24 * time.Hour},
		"an error of no kind is a passing failure": {2, errors.New("what"), parcel.CarrierQuarantined, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			got := carriers.AfterFailure(parcel.CarrierHealth{Fails: tc.fails}, tc.err, now)
			wait := time.Duration(0)
			if !got.Until.IsZero() {
				wait = got.Until.Sub(now)
			}
			if got.State != tc.state || wait != tc.wait || got.Fails != tc.fails+1 || got.Error == "" {
				t.Errorf("%s for %s (%+v), want %s for %s", got.State, wait, got, tc.state, tc.wait)
			}
		})
	}
}

func TestOneBadNumberDoesNotSilenceTheCarrier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{info: fakeInfo(), answer: func(n number.Number) (parcel.Tracking, error) {
			if n == "BAD11" {
				return parcel.Tracking{}, &carriers.Error{Kind: carriers.ErrChanged, Raw: []byte("what is this")}
			}
			return parcel.Tracking{}, carriers.ErrNotFound
		}}
		k, ledger, _ := keep(f)
		for range 3 {
			if _, err := k.Track(t.Context(), carriers.Turn{Wait: 90 * time.Second}, []number.Number{"BAD11", "GOOD1"}); err != nil {
				t.Fatal(err)
			}
		}
		if h := health(t, ledger); h.State != parcel.CarrierOK || !h.Until.IsZero() {
			t.Errorf("health %+v", h)
		}
		if kept := ledger.Answers("fake"); len(kept) != 3 || string(kept[0]) != "what is this" {
			t.Errorf("kept %q, want the odd answers", kept)
		}
	})
}

func TestAnAskerWhoGoesAwaySaysNothingOfTheCarrier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{info: fakeInfo(), slow: time.Minute}
		k, ledger, _ := keep(f)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		res, err := k.Track(ctx, carriers.Turn{Wait: 90 * time.Second}, []number.Number{"RB123456785CN"})
		if err != nil || !errors.Is(res[0].Err, carriers.ErrTemporary) {
			t.Errorf("got %+v, error %v", res, err)
		}
		if h := health(t, ledger); h.Fails != 0 || h.State != "" {
			t.Errorf("health %+v", h)
		}
		res, err = k.Track(ctx, carriers.Turn{Wait: 90 * time.Second}, []number.Number{"RB123456785CN"})
		if err == nil && res[0].Err == nil {
			t.Errorf("an ended context is not heard: %+v", res)
		}
	})
}

func TestUnmappedCodesAreLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &bytes.Buffer{}
		c := &noting{fake: &fake{info: fakeInfo()}}
		ledger := carriers.NewMemoryLedger()
		k := carriers.NewKeeper(c, ledger, time.Now, slog.New(slog.NewTextHandler(log, nil)))
		for range 3 {
			if err := one(t, k); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(log.String(), "code=X1"); n != 1 {
			t.Errorf("code is logged %d times:\n%s", n, log)
		}
		if h := health(t, ledger); h.Note != "quota 1 of 2" {
			t.Errorf("note %q", h.Note)
		}
	})
}

func TestAWrongCountOfResultsIsAChangedAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := carriers.NewKeeper(short{&fake{info: fakeInfo()}}, carriers.NewMemoryLedger(), time.Now, slog.New(slog.DiscardHandler))
		if err := one(t, k); !errors.Is(err, carriers.ErrChanged) {
			t.Errorf("error %v", err)
		}
	})
}

func TestALedgerThatFailsStopsAsking(t *testing.T) {
	for left, asked := range map[int]int{0: 0, 1: 0, 2: 0, 3: 1} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{info: fakeInfo()}
			k := carriers.NewKeeper(f, &torn{carriers.NewMemoryLedger(), left}, time.Now, slog.New(slog.DiscardHandler))
			if _, err := k.Track(t.Context(), carriers.Turn{Wait: 90 * time.Second}, []number.Number{"RB123456785CN"}); !errors.Is(err, errTorn) || len(f.asked) != asked {
				t.Errorf("after %d good steps: error %v, asked %d times, want %d", left, err, len(f.asked), asked)
			}
		})
	}
}
