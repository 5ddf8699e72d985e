package posteitaliane_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/posteitaliane"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func TestLive(t *testing.T) { carriertest.Live(t, suite(), nil) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: "RR999900302CN", Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: posteitaliane.New, Info: posteitaliane.Info(), Dir: "../../testdata/carriers/posteitaliane", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "RR999900302CN", Recording: "pickup.json"},
			{Number: "RN999900333IT", Recording: "outbound.json", Unmapped: []string{"un fatto nuovo"}},
			{Number: "CP999900316IT", Recording: "returned.json"},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900320CN", Recording: "not_found.json"},
			{Number: "LB999900320CN", Recording: "not_found_2.json"},
		},
		Faults: []carriertest.Fault{
			fault("odd_result.json", carriers.ErrChanged),
			fault("no_list.json", carriers.ErrChanged),
			fault("no_times.json", carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
	}
}
