package carriers_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// fake is a carrier that answers from a function and records when it was called.
type fake struct {
	info   carriers.Info
	match  func(number.Number) carriers.Match
	answer func(n number.Number) (parcel.Tracking, error)
	whole  func(call int) error
	slow   time.Duration
	asked  []time.Time
	sizes  []int
}

func (f *fake) Info() carriers.Info { return f.info }

func (f *fake) Match(n number.Number) carriers.Match {
	if f.match == nil {
		return carriers.Maybe
	}
	return f.match(n)
}

func (f *fake) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	f.asked = append(f.asked, time.Now())
	f.sizes = append(f.sizes, len(numbers))
	if f.slow > 0 {
		timer := time.NewTimer(f.slow)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, &carriers.Error{Kind: carriers.ErrTemporary, Cause: ctx.Err()}
		}
	}
	if f.whole != nil {
		if err := f.whole(len(f.asked)); err != nil {
			return nil, err
		}
	}
	var out []carriers.Result
	for _, n := range numbers {
		r := carriers.Result{Number: n}
		if f.answer != nil {
			r.Tracking, r.Err = f.answer(n)
		}
		out = append(out, r)
	}
	return out, nil
}

func fakeInfo() carriers.Info {
	return carriers.Info{Name: "fake", BaseURL: "https://fake.example", Interval: 10 * time.Second, PerNumber: time.Hour, Batch: 2}
}

func keep(f *fake) (*carriers.Keeper, *carriers.MemoryLedger, *bytes.Buffer) {
	ledger, log := carriers.NewMemoryLedger(), &bytes.Buffer{}
	return carriers.NewKeeper(f, ledger, time.Now, slog.New(slog.NewTextHandler(log, nil))), ledger, log
}

// health returns the fake's health from the ledger.
func health(t *testing.T, l store.Ledger) parcel.CarrierHealth {
	t.Helper()
	h, err := l.CarrierHealth(t.Context(), "fake")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// noting adds the optional fields of results.
type noting struct{ *fake }

func (n *noting) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	res, err := n.fake.Track(ctx, numbers)
	for i := range res {
		res[i].Unmapped, res[i].Note = []string{"X1"}, "quota 1 of 2"
	}
	return res, err
}

type short struct{ *fake }

func (short) Track(context.Context, []number.Number) ([]carriers.Result, error) { return nil, nil }

// torn is a ledger that fails from a given call on.
type torn struct {
	*carriers.MemoryLedger
	left int
}

var errTorn = errors.New("disk is full")

func (l *torn) CarrierHealth(ctx context.Context, c string) (parcel.CarrierHealth, error) {
	if l.left--; l.left < 0 {
		return parcel.CarrierHealth{}, errTorn
	}
	return l.MemoryLedger.CarrierHealth(ctx, c)
}

func (l *torn) Take(ctx context.Context, c string, day parcel.Date, count, budget int) (bool, error) {
	if l.left--; l.left < 0 {
		return false, errTorn
	}
	return l.MemoryLedger.Take(ctx, c, day, count, budget)
}

func (l *torn) Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (time.Time, error) {
	if l.left--; l.left < 0 {
		return time.Time{}, errTorn
	}
	return l.MemoryLedger.Reserve(ctx, host, interval, now)
}
