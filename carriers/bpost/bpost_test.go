package bpost_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/bpost"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

const known number.Number = "323299990000000000000017"

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: known, Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: bpost.New, Info: bpost.Info(), Dir: "../../testdata/carriers/bpost", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.json"},
			{Number: "323299990000000000000025", Recording: "courier.json"},
			{Number: "RR999900038BE", Recording: "waiting.json"},
			{Number: "RR999900038BE", Recording: "customs.json"},
			{Number: "RR999900038BE", Recording: "new_step.json", Unmapped: []string{"TELEPORTED"}},
		},
		NotFound: []carriertest.Case{{Number: known, Recording: "not_found.json"}, {Number: known, Recording: "empty.json"}},
		Faults: []carriertest.Fault{
			fault("limit.json", carriers.ErrThrottled),
			fault("later.json", carriers.ErrTemporary),
			fault("no_items.json", carriers.ErrChanged),
			fault("no_events.json", carriers.ErrChanged),
			fault("no_step.json", carriers.ErrChanged),
			fault("no_times.json", carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
	}
}
