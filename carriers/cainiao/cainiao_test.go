package cainiao_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/cainiao"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func TestLive(t *testing.T) { carriertest.Live(t, suite(), nil) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	const wall = "client notes: a page, with captcha or without, is a soft ban that ends by itself"
	return carriertest.Suite{
		New: cainiao.New, Info: cainiao.Info(), Dir: "../../testdata/carriers/cainiao", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "LP00999900000034", Recording: "delivered.json"},
			{Number: "LB999900015CN", Recording: "one.json"},
			{
				Number: "AP00999900000059", Also: []number.Number{"LP00999900000042", "LB999900015CN", "CNG00999900000067"},
				Recording: "batch.json", Unmapped: []string{"GTMS_NEW_THING"},
			},
		},
		NotFound: []carriertest.Case{{Number: "LP00999900000042", Recording: "not_found.json"}},
		Faults: []carriertest.Fault{
			{Case: carriertest.Case{Number: "LP00999900000034", Recording: "failed.json"}, Want: carriers.ErrTemporary},
			{Case: carriertest.Case{Number: "LP00999900000034", Recording: "limit.json"}, Want: carriers.ErrThrottled},
			{Case: carriertest.Case{Number: "LP00999900000034", Recording: "wall.json"}, Want: carriers.ErrThrottled},
			{Case: carriertest.Case{Number: "LP00999900000034", Recording: "punish.html"}, Want: carriers.ErrThrottled},
			{Case: carriertest.Case{Number: "LP00999900000034", Recording: "no_list.json"}, Want: carriers.ErrChanged},
			{Case: carriertest.Case{Number: "LP00999900000034", Recording: "no_times.json"}, Want: carriers.ErrChanged},
		},
		Foreign: []number.Number{"80084740397510", "0500128254873", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "captcha page", Want: carriers.ErrThrottled, Source: wall},
			{Case: "web page", Want: carriers.ErrThrottled, Source: wall},
			{Case: "login page", Want: carriers.ErrThrottled, Source: wall},
		},
	}
}
