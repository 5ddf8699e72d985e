package ems_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/ems"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func TestLive(t *testing.T) { carriertest.Live(t, suite(), nil) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: "EB999900024CN", Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: ems.New, Info: ems.Info(), Dir: "../../testdata/carriers/ems", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "EB999900024CN", Recording: "delivered.html", Unmapped: []string{"Slept a while"}},
			{Number: "EE999900109CN", Recording: "bare.html"},
		},
		NotFound: []carriertest.Case{
			{Number: "EB000000005CN", Recording: "not_found.html"},
			{Number: "EB000000005CN", Recording: "not_found_bare.html"},
			{Number: "EE999900130CN", Recording: "not_ems.html"},
		},
		Faults: []carriertest.Fault{
			fault("refused.html", carriers.ErrChanged),
			fault("both.html", carriers.ErrChanged),
			fault("no_rows.html", carriers.ErrChanged),
			fault("no_times.html", carriers.ErrChanged),
			fault("names_another.html", carriers.ErrChanged),
		},
		Foreign: []number.Number{"LB999900015CN", "LP00999900000034", "61039904000176", "EA999900041YP"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "clients: the tracker prints local clocks without a zone"},
		},
	}
}

func TestMatch(t *testing.T) {
	c, err := ems.New(carriers.Config{HTTP: carriertest.NoNetwork()})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[number.Number]carriers.Match{
		"EB999900024CN": carriers.Yes, "EB999900025CN": carriers.Maybe, "EX999900126FR": carriers.Maybe, "RX999900126FR": carriers.No,
	} {
		if got := c.Match(number); got != want {
			t.Errorf("Match(%s) = %d, want %d", number, got, want)
		}
	}
}
