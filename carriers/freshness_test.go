package carriers_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// reporting answers with events and, where codes has some for the call, unknown codes.
type reporting struct {
	*fake

	codes [][]string
}

func (r *reporting) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	res, err := r.fake.Track(ctx, numbers)
	for i := range res {
		res[i].Unmapped = r.codes[len(r.asked)-1]
	}
	return res, err
}

// counting counts the writes of a carrier's health.
type counting struct {
	*carriers.MemoryLedger

	writes int
}

func (c *counting) SetCarrierHealth(ctx context.Context, h parcel.CarrierHealth) error {
	c.writes++
	return c.MemoryLedger.SetCarrierHealth(ctx, h)
}

func TestFreshness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		event := parcel.Tracking{Events: []parcel.Event{{Time: time.Now(), Status: parcel.InTransit, Text: "x"}}}
		answers := []parcel.Tracking{event, event, {}, event, event, event}
		f := &fake{info: fakeInfo()}
		f.info.Batch = 1
		f.answer = func(number.Number) (parcel.Tracking, error) { return answers[len(f.asked)-1], nil }
		r := &reporting{f, [][]string{nil, {"A1"}, nil, {"A1"}, {"B2", "call 01712345678"}, nil}}
		ledger := &counting{MemoryLedger: carriers.NewMemoryLedger()}
		k := carriers.NewKeeper(r, ledger, time.Now, slog.New(slog.DiscardHandler))
		for range answers {
			if _, err := k.Track(t.Context(), carriers.Turn{Wait: time.Minute}, []number.Number{"RB123456785CN"}); err != nil {
				t.Fatal(err)
			}
		}
		// Six answers within a minute: a write for the first, and one for each new code.
		h := health(t, ledger)
		if ledger.writes != 3 {
			t.Errorf("%d writes, want 3", ledger.writes)
		}
		if unknown, all := carriers.UnknownShare(h); unknown != 3 || all != 4 {
			t.Errorf("%d of %d answers held unknown codes, want 3 of 4: the last is not written yet", unknown, all)
		}
		if len(h.Unknown) != 3 || h.Unknown[0].Code != "call 00000000000" || h.Unknown[2].Code != "A1" || h.LastEvents.IsZero() {
			t.Errorf("unknown codes %+v, last events %s", h.Unknown, h.LastEvents)
		}
		time.Sleep(100 * 24 * time.Hour)
		answers, r.codes = append(answers, event), append(r.codes, nil)
		if _, err := k.Track(t.Context(), carriers.Turn{Wait: time.Minute}, []number.Number{"RB123456785CN"}); err != nil {
			t.Fatal(err)
		}
		if h := health(t, ledger); h.Recent != ".??"+"?.." || len(h.Unknown) != 0 || time.Since(h.LastEvents) > time.Minute {
			t.Errorf("after 100 days: %+v", h)
		}
	})
}
