package tracker_test

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// fake is a carrier that answers from a function and counts its calls.
type fake struct {
	info   carriers.Info
	match  func(number.Number) carriers.Match
	answer func(number.Number) (parcel.Tracking, error)
	slow   time.Duration
	calls  int
}

func (f *fake) Info() carriers.Info { return f.info }

func (f *fake) Match(n number.Number) carriers.Match {
	if f.match == nil {
		return carriers.Maybe
	}
	return f.match(n)
}

func (f *fake) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	f.calls++
	timer := time.NewTimer(f.slow)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return nil, &carriers.Error{Kind: carriers.ErrTemporary, Cause: ctx.Err()}
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

func factory(f *fake) carriers.Factory {
	return carriers.Factory{Info: f.info, New: func(carriers.Config) (carriers.Carrier, error) { return f, nil }}
}

func named(name string, role carriers.Role, settings ...carriers.Setting) *fake {
	return &fake{info: carriers.Info{
		Name: name, Role: role, Settings: settings, BaseURL: "https://" + name + ".example",
		Interval: 10 * time.Second, PerNumber: time.Hour, Batch: 2,
	}}
}
