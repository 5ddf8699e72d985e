package sunyou_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/sunyou"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

const known number.Number = "SYAE000000718"

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: known, Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: sunyou.New, Info: sunyou.Info(), Dir: "../../testdata/carriers/sunyou", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.js", Unmapped: []string{"20615"}},
			{Number: "SYRM000000929", Recording: "failed.js"},
			{Number: "SYUS000000511", Recording: "returning.json"},
		},
		NotFound: []carriertest.Case{{Number: "SYRM000000929", Recording: "not_found.js"}},
		Faults: []carriertest.Fault{
			fault("no_data.js", carriers.ErrChanged),
			fault("no_has.js", carriers.ErrChanged),
			fault("no_result.js", carriers.ErrChanged),
			fault("no_times.js", carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "clients: some events lack the offset"},
		},
	}
}
