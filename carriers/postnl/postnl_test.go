package postnl_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/postnl"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

const known number.Number = "3STEST000000017"

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: known, Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: postnl.New, Info: postnl.Info(), Dir: "../../testdata/carriers/postnl", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.json", Unmapped: []string{"Q99"}},
			{Number: "3STEST000000025", Recording: "short.json"},
			{Number: "RR999900038NL", Recording: "costs.json"},
			{Number: "3STEST000000033", Recording: "returning.json"},
		},
		NotFound: []carriertest.Case{{Number: known, Recording: "not_found.json"}},
		Faults: []carriertest.Fault{
			fault("no_colli.json", carriers.ErrChanged),
			fault("no_list.json", carriers.ErrChanged),
			fault("no_times.json", carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
	}
}
