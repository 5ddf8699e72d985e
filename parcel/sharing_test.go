package parcel_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
)

func TestSharings(t *testing.T) {
	t.Parallel()
	budgets := map[string]int{"post": 100, "old": 1}
	for n, want := range map[int][]parcel.Sharing{
		25:  nil,
		26:  {{Carrier: "post", Parcels: 26, Budget: 100}},
		300: {{Carrier: "post", Parcels: 300, Budget: 100}},
	} {
		got := parcel.Sharings(map[string]int{"post": n, "unlimited": n}, budgets)
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
