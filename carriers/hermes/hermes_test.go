package hermes_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/hermes"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

const known number.Number = "H9990000000000000373"

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: known, Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: hermes.New, Info: hermes.Info(), Dir: "../../testdata/carriers/hermes", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.json", Unmapped: []string{"BRAND_NEW_CODE"}},
			{Number: "H9990000000000000381", Recording: "waiting.json"},
			{Number: "99900000000017", Recording: "attribute.json"},
		},
		NotFound: []carriertest.Case{
			{Number: known, Recording: "not_found.json", Status: 404},
			{Number: known, Recording: "bad_number.json", Status: 400},
			{Number: known, Recording: "empty_list.json"},
		},
		Faults: []carriertest.Fault{
			fault("no_progress.json", carriers.ErrChanged),
			fault("no_times.json", carriers.ErrChanged),
			fault("null.json", carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "odd answer []", Want: carriers.ErrNotFound, Source: "clients: an empty list is a number that is not known"},
		},
	}
}
