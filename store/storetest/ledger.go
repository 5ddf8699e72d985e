package storetest

import (
	"bytes"
	"sync"
	"sync/atomic"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

func ledgerChecks() []Check {
	return []Check{
		{"a budget is never overdrawn and survives a reopen", budgetHolds},
		{"many who take at once get what there is and no more", budgetAtOnce},
		{"a host's moments are spaced and survive a reopen", slotsSpaced},
		{"a clock set back does not block a host", clockSetBack},
		{"a carrier's health is kept beside its count of today", carrierHealth},
		{"the newest few answers not understood are kept, bounded", answersKept},
	}
}

const today parcel.Date = "2026-03-01"

func budgetHolds(t T, h Harness) {
	for _, step := range []struct {
		name          string
		day           parcel.Date
		count, budget int
		want          bool
	}{
		{"the first", today, 60, 100, true},
		{"too many", today, 41, 100, false},
		{"just enough", today, 40, 100, true},
		{"none left", today, 1, 100, false},
		{"nothing", today, 0, 100, true},
		{"a larger budget", today, 1, 101, true},
		{"a smaller budget", today, 1, 50, false},
		{"another day", "2026-03-02", 100, 100, true},
		{"no limit", "2026-03-02", 1000, 0, true},
	} {
		got := get[bool](t)(h.Reopen().Take(t.Context(), "russianpost", step.day, step.count, step.budget))
		if got != step.want {
			t.Errorf("%s: taken is %t, want %t", step.name, got, step.want)
		}
	}
	if !get[bool](t)(h.Store.Take(t.Context(), "dhl", today, 1, 1)) {
		t.Errorf("another carrier's budget is used up, too")
	}
	if ok, err := h.Store.Take(t.Context(), "dhl", today, -5, 1); ok || err == nil {
		t.Errorf("a negative count was booked")
	}
}

func budgetAtOnce(t T, h Harness) {
	var (
		wg  sync.WaitGroup
		won atomic.Int32
	)
	for _, s := range []store.Store{h.Store, h.Reopen()} {
		for range 8 {
			wg.Go(func() {
				if ok, err := s.Take(t.Context(), "upu", today, 1, 5); err != nil {
					t.Errorf("take: %v", err)
				} else if ok {
					won.Add(1)
				}
			})
		}
	}
	wg.Wait()
	if won.Load() != 5 {
		t.Errorf("%d of a budget of 5 were taken", won.Load())
	}
}

func slotsSpaced(t T, h Harness) {
	slot := reserving(h)
	for _, want := range []time.Duration{0, time.Minute, 2 * time.Minute} {
		slot(t, h.Reopen(), "a.example", Now(), want)
	}
	slot(t, h.Store, "b.example", Now(), 0)
	if h.OwnClock {
		slot(t, h.Store, "a.example", Now().AddDate(0, 0, 1), 3*time.Minute)
		return
	}
	later := Now().Add(time.Hour + 300*time.Microsecond)
	if got := get[time.Time](t)(h.Store.Reserve(t.Context(), "a.example", time.Minute, later)); got.Before(later) || got.Sub(later) > time.Millisecond {
		t.Errorf("a free host answers %v at %v", got, later)
	}
}

func clockSetBack(t T, h Harness) {
	slot := reserving(h)
	slot(t, h.Store, "a.example", Now(), 0)
	slot(t, h.Store, "a.example", Now(), time.Minute)
	slot(t, h.Store, "a.example", Now().AddDate(0, 0, -1), 2*time.Minute)
}

// reserving returns a function that books a slot, which must be that long after now. On a
// clock of the store, it is earlier by the time that has passed since the first booking,
// and later by what the booking takes and by a twentieth at most.
func reserving(h Harness) func(t T, s store.Store, host string, now time.Time, want time.Duration) {
	begun := time.Now()
	return func(t T, s store.Store, host string, now time.Time, want time.Duration) {
		t.Helper()
		sent := time.Now()
		got := get[time.Time](t)(s.Reserve(t.Context(), host, time.Minute, now)).Sub(now)
		early, late := time.Duration(0), time.Duration(0)
		if h.OwnClock {
			early, late = time.Since(begun)+time.Millisecond, time.Since(sent)+want/20+time.Millisecond
		}
		if got < want-early || got > want+late {
			t.Errorf("the slot of %s is %v after now, want %v", host, got, want)
		}
	}
}

func carrierHealth(t T, h Harness) {
	same(t, "health of a carrier never recorded", parcel.CarrierHealth{Name: "upu"}, get[parcel.CarrierHealth](t)(h.Store.CarrierHealth(t.Context(), "upu")))
	set := parcel.CarrierHealth{
		Name: "upu", State: parcel.CarrierQuarantined, Since: Now(), Until: Now().Add(time.Hour), Fails: 3, Today: 99, Budget: 99,
		LastSuccess: Now().Add(-time.Hour), Error: "captcha", Note: "quota 120 of 200",
		Fault:      message.New("fault_post_denied").And(message.New("fault_post_status", "Code", "HTTP 403")),
		LastEvents: Now().Add(-2 * time.Hour), Recent: "..?.",
		Unknown: []parcel.UnknownCode{{Code: "NEW_CODE", Last: today}, {Code: "новые слова", Last: "2026-02-28"}},
	}
	must(t, h.Store.SetCarrierHealth(t.Context(), set), "set")
	get[bool](t)(h.Store.Take(t.Context(), "upu", today, 17, 100))
	get[bool](t)(h.Store.Take(t.Context(), "upu", "2026-02-28", 50, 60))
	get[bool](t)(h.Store.Take(t.Context(), "dhl", "2026-02-28", 50, 250))
	want := set
	want.Today, want.Budget = 17, 100
	same(t, "health", want, get[parcel.CarrierHealth](t)(h.Reopen().CarrierHealth(t.Context(), "upu")))
	all := get[parcel.Health](t)(h.Store.Health(t.Context())).Carriers
	same(t, "all carriers", []parcel.CarrierHealth{{Name: "dhl"}, want}, all)
	must(t, h.Store.SetCarrierHealth(t.Context(), parcel.CarrierHealth{Name: "upu", State: parcel.CarrierOK}), "set again")
	if got := get[parcel.CarrierHealth](t)(h.Store.CarrierHealth(t.Context(), "upu")); got.State != parcel.CarrierOK || got.Fails != 0 || !got.Until.IsZero() {
		t.Errorf("health after it works again = %+v", got)
	}
}

func answersKept(t T, h Harness) {
	for i := range 12 {
		raw := bytes.Repeat([]byte{byte('a' + i)}, 300_000)
		must(t, h.Store.KeepAnswer(t.Context(), "upu", raw, Now().Add(time.Duration(i)*time.Second)), "keep")
	}
	must(t, h.Store.KeepAnswer(t.Context(), "dhl", nil, Now()), "keep nothing")
	got := get[[]store.Answer](t)(h.Reopen().Answers(t.Context(), "upu"))
	if len(got) == 0 || len(got) > 10 {
		t.Fatalf("%d of 12 answers are kept, want a few", len(got))
	}
	if !got[0].At.Equal(Now().Add(11*time.Second)) || !bytes.HasPrefix(got[0].Raw, []byte("lll")) {
		t.Errorf("the newest kept is of %v, starting with %q", got[0].At, got[0].Raw[:3])
	}
	if len(got[0].Raw) > 100_000 {
		t.Errorf("%d bytes of an answer are kept", len(got[0].Raw))
	}
	if got := get[[]store.Answer](t)(h.Store.Answers(t.Context(), "dhl")); len(got) != 1 {
		t.Errorf("the answers of one carrier pushed out another's")
	}
}
