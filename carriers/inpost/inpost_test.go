package inpost_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/inpost"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func TestItaly(t *testing.T) {
	s := suite()
	s.New, s.Info, s.Dir, s.Codes = inpost.NewItaly, inpost.Italy(), "../../testdata/carriers/inpostitalia", "../inpost/codes.tsv"
	s.Known, s.NotFound, s.Faults = s.Known[:2], s.NotFound[:1], nil
	carriertest.Run(t, s)
}

func TestLive(t *testing.T) { carriertest.Live(t, suite(), nil) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	const known, other, third = "620999900000000000000017", "520999900000000000000028", "520999900000000000000039"
	fault := func(recording string, status int, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: known, Recording: recording, Status: status}, Want: want}
	}
	return carriertest.Suite{
		New: inpost.New, Info: inpost.Info(), Dir: "../../testdata/carriers/inpost", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: known, Recording: "pickup.json", Unmapped: []string{"teleported"}},
			{Number: other, Recording: "group.json"},
			{Number: third, Recording: "main.json"},
		},
		NotFound: []carriertest.Case{
			{Number: other, Recording: "not_found.json", Status: 404},
			{Number: other, Recording: "bad_number.json", Status: 400},
		},
		Faults: []carriertest.Fault{
			fault("gateway.json", 404, carriers.ErrChanged),
			fault("limit.json", 429, carriers.ErrThrottled),
			fault("no_list.json", 200, carriers.ErrChanged),
			fault("no_times.json", 200, carriers.ErrChanged),
			fault("empty_list.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LB999900015CN", "LP00999900000034", "61039904000176", "UA999900041YP", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
	}
}
