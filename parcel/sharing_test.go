package parcel_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
)

func TestSharings(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	many := func(n int, p parcel.Parcel) []parcel.Parcel {
		out := make([]parcel.Parcel, n)
		for i := range out {
			out[i] = p
		}
		return out
	}
	asked := parcel.Parcel{Sources: []parcel.Source{
		{Carrier: "post", Number: "A", Asked: now.Add(-time.Hour)}, {Carrier: "post", Number: "B", Asked: now}, {Carrier: "old", Asked: now.AddDate(0, 0, -5)},
	}}
	ended := asked
	ended.Status = parcel.Delivered
	budgets := map[string]int{"post": 100, "old": 1}
	for n, want := range map[int][]parcel.Sharing{
		25:  nil,
		26:  {{Carrier: "post", Parcels: 26, Budget: 100}},
		300: {{Carrier: "post", Parcels: 300, Budget: 100}},
	} {
		got := parcel.Sharings(append(many(n, asked), many(50, ended)...), budgets, now)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d parcels (-want +got):\n%s", n, diff)
		}
	}
	for n, want := range map[int]string{26: "4", 45: "2", 100: "1", 149: "1", 200: "1/2", 300: "1/3"} {
		if got := (parcel.Sharing{Parcels: n, Budget: 100}).Each(); got != want {
			t.Errorf("%d parcels: %q lookups each, want %q", n, got, want)
		}
	}
}
