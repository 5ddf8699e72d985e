package correos_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/correos"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: "RR999900404CN", Recording: recording}, Want: want}
	}
	// both answers the first service and then the second.
	both := func(first, second string) []carriertest.Reply {
		return []carriertest.Reply{
			{Match: "/canonico/", Recording: second}, {Match: "/digital-services/", Recording: first},
		}
	}
	return carriertest.Suite{
		New: correos.New, Info: correos.Info(), Dir: "../../testdata/carriers/correos", Codes: "codes.tsv", Calls: 2,
		Known: []carriertest.Case{
			{Number: "RR999900404CN", Recording: "delivered.json"},
			{Number: "CP999900435ES", Recording: "odd.json", Unmapped: []string{"phase=7"}},
			{Number: "PK99NE0999900000000017X", Recording: "second_pickup.json", Unmapped: []string{"Z990000V"}},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900418CN", Recording: "none.json", Status: 204},
			{Number: "LB999900418CN", Replies: both("page.html", "second_not_found.json")},
			{Number: "LB999900418CN", Recording: "no_shipment.json", Status: 400},
		},
		Faults: []carriertest.Fault{
			fault("page.html", carriers.ErrChanged),
			fault("no_shipment.json", carriers.ErrChanged),
			fault("no_events.json", carriers.ErrChanged),
			fault("no_times.json", carriers.ErrChanged),
			{Case: carriertest.Case{Number: "LB999900418CN", Replies: both("page.html", "second_odd_error.json")}, Want: carriers.ErrChanged},
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
	}
}
