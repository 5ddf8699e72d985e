package cainiaoeurope_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/cainiaoeurope"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	const wall = "Alibaba's services answer with a page when asked too often"
	known := carriertest.Case{Number: "CNESP999900000000000017", Recording: "delivered.json", Unmapped: []string{"LM_NEW_THING"}}
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: known.Number, Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: cainiaoeurope.New, Info: cainiaoeurope.Info(), Dir: "../../testdata/carriers/cainiaoeurope", Codes: "codes.tsv",
		Known: []carriertest.Case{
			known,
			{Number: "CNPRT999900000000000025", Recording: "returning.json"},
			{Number: "469999000000000033", Recording: "waiting.json"},
		},
		NotFound: []carriertest.Case{{Number: "CNESP999900000000000041", Recording: "not_found.json"}},
		Faults: []carriertest.Fault{
			fault("error.json", carriers.ErrTemporary),
			fault("limit.json", carriers.ErrThrottled),
			fault("no_statuses.json", carriers.ErrChanged),
			fault("no_times.json", carriers.ErrChanged),
		},
		Foreign: []number.Number{"LB999900015CN", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "captcha page", Want: carriers.ErrThrottled, Source: wall},
			{Case: "web page", Want: carriers.ErrThrottled, Source: wall},
			{Case: "login page", Want: carriers.ErrThrottled, Source: wall},
		},
	}
}
