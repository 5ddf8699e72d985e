package russianpost_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/russianpost"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, status int, want error) carriertest.Fault {
		return carriertest.Fault{
			Case: carriertest.Case{Number: "RB123456785CN", Recording: recording, Status: status}, Want: want,
		}
	}
	return carriertest.Suite{
		New: russianpost.New, Info: russianpost.Info(), Dir: "../../testdata/carriers/russianpost", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "RB123456785CN", Recording: "imported.xml"},
			{Number: "61039904000176", Recording: "domestic.xml", Unmapped: []string{"7777:0"}},
			{Number: "RR999900038RU", Recording: "outbound.xml"},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900069CN", Recording: "not_found.xml"},
			{Number: "UA999900041YP", Recording: "fault_barcode.xml", Status: 500},
		},
		Faults: []carriertest.Fault{
			fault("fault_password.xml", 500, carriers.ErrCredential),
			fault("fault_limit.xml", 500, carriers.ErrThrottled),
			fault("fault_language.xml", 500, carriers.ErrChanged),
			fault("fault_other.xml", 500, carriers.ErrTemporary),
			fault("not_found.xml", 500, carriers.ErrTemporary),
			fault("no_history.xml", 200, carriers.ErrChanged),
			fault("no_times.xml", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON", "PLANTED SENDER"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "the specification promises an offset; one planted record has none"},
		},
	}
}

func TestMatch(t *testing.T) {
	c, err := russianpost.New(carriers.Config{HTTP: carriertest.NoNetwork()})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[number.Number]carriers.Match{
		"61039904000176": carriers.Yes, "61039904000177": carriers.Maybe, "RR999900038RU": carriers.Yes,
		"RB123456785CN": carriers.Maybe, "UA999900041YP": carriers.Maybe,
	} {
		if got := c.Match(number); got != want {
			t.Errorf("Match(%s) = %d, want %d", number, got, want)
		}
	}
}
