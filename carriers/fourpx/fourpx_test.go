package fourpx_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/fourpx"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: "4PX3000999900011CN", Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: fourpx.New, Info: fourpx.Info(), Dir: "../../testdata/carriers/fourpx", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "4PX3000999900011CN", Recording: "delivered.json", Unmapped: []string{"FPX_X_NEW"}},
			{Number: "304299990001", Recording: "waiting.json"},
		},
		NotFound: []carriertest.Case{
			{Number: "4PX3000999900099CN", Recording: "not_found.json"},
			{Number: "4PX3000999900099CN", Recording: "no_tracks.json"},
		},
		Faults: []carriertest.Fault{
			fault("failed.json", carriers.ErrTemporary),
			fault("limit.json", carriers.ErrThrottled),
			fault("no_data.json", carriers.ErrChanged),
			fault("no_item.json", carriers.ErrChanged),
			fault("no_status.json", carriers.ErrChanged),
			fault("no_times.json", carriers.ErrChanged),
		},
		Foreign: []number.Number{"RB123456785CN", "61039904000176", "AP00999900000059"},
		Private: []string{"PLANTED PERSON", "PLANTED-POSTCODE"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "every event seen names its zone; one planted event has none"},
		},
	}
}

func TestMatch(t *testing.T) {
	c, err := fourpx.New(carriers.Config{HTTP: carriertest.NoNetwork()})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[number.Number]carriers.Match{
		"4PX3000999900011CN": carriers.Yes, "4PX30009999000112CN": carriers.Yes, "304299990001": carriers.Yes,
		"LP00999900000034": carriers.Maybe,
	} {
		if got := c.Match(number); got != want {
			t.Errorf("Match(%s) = %d, want %d", number, got, want)
		}
	}
}
