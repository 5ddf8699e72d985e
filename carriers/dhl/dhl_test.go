package dhl_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/dhl"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, status int, want error) carriertest.Fault {
		return carriertest.Fault{
			Case: carriertest.Case{Number: "LB999900015CN", Recording: recording, Status: status}, Want: want,
		}
	}
	return carriertest.Suite{
		New: dhl.New, Info: dhl.Info(), Dir: "../../testdata/carriers/dhl", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "LB999900015CN", Recording: "delivered.json", Unmapped: []string{"teleport"}},
			{Number: "9999000010", Recording: "pickup.json"},
			{Number: "LX999900205CN", Recording: "status_only.json"},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900069CN", Recording: "not_found.json", Status: 404},
			{Number: "LB999900069CN", Recording: "empty.json"},
			{Number: "LB999900069CN", Recording: "bad_number.json", Status: 400},
		},
		Faults: []carriertest.Fault{
			fault("bad_request.json", 400, carriers.ErrChanged),
			fault("gateway.json", 404, carriers.ErrChanged),
			fault("key.json", 401, carriers.ErrCredential),
			fault("limit.json", 429, carriers.ErrThrottled),
			fault("no_times.json", 200, carriers.ErrChanged),
			fault("nothing.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "UA999900041YP"},
		Private: []string{"PLANTED PERSON", "Musterweg"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "documentation: timestamps are local to the event; examples show the same clock with and without Z"},
		},
	}
}

func TestMatch(t *testing.T) {
	c, err := dhl.New(carriers.Config{HTTP: carriertest.NoNetwork()})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[number.Number]carriers.Match{
		"JJD000390007888540178": carriers.Yes, "LX999900038DE": carriers.Yes, "LB999900015CN": carriers.Maybe, "9999000010": carriers.Maybe,
		"00340434292135100124": carriers.Yes, "00340434292135100125": carriers.Maybe, "JJD0002999900000012": carriers.Maybe,
	} {
		if got := c.Match(number); got != want {
			t.Errorf("Match(%s) = %d, want %d", number, got, want)
		}
	}
}
