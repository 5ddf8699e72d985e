package postnord_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/postnord"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, status int, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: "RR999900205CN", Recording: recording, Status: status}, Want: want}
	}
	return carriertest.Suite{
		New: postnord.New, Info: postnord.Info(), Dir: "../../testdata/carriers/postnord", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "RR999900205CN", Recording: "pickup.json"},
			{Number: "UA999900214SE", Recording: "delivered.json", Unmapped: []string{"NEW_STATE:x9"}},
			{Number: "999900000000000047", Recording: "two_items.json"},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900228CN", Recording: "not_found.json"},
			{Number: "LB999900228CN", Recording: "bad_number.json"},
		},
		Faults: []carriertest.Fault{
			fault("not_found.json", 403, carriers.ErrCredential),
			fault("problem.json", 400, carriers.ErrChanged),
			fault("other_fault.json", 200, carriers.ErrChanged),
			fault("no_times.json", 200, carriers.ErrChanged),
			fault("no_events.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON", "PLANTED SENDER"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "times are the place's without an offset; one planted scan is in a country of several zones"},
		},
	}
}
