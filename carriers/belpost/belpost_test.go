package belpost_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/belpost"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	const wall = "client notes: HTTP 403 or a page comes when requests are less than a minute apart, and ends by itself"
	fault := func(recording string, status int, want error) carriertest.Fault {
		return carriertest.Fault{
			Case: carriertest.Case{Number: "RB999900072CN", Recording: recording, Status: status}, Want: want,
		}
	}
	return carriertest.Suite{
		New: belpost.New, Info: belpost.Info(), Dir: "../../testdata/carriers/belpost", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "RB999900072CN", Recording: "imported.json", Unmapped: []string{"777", "Нечто новое"}},
			{Number: "EA999900086BY", Recording: "outbound.json"},
			{Number: "RR999900112SG", Recording: "renamed.json"},
			{Number: "CP999900126BY", Recording: "returned.json"},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900090CN", Recording: "not_found.json"},
			{Number: "LB999900090CN", Recording: "no_steps.json"},
			{Number: "UA999900191YP", Recording: "bad_number.json", Status: 422},
			{Number: "LB999900090CN", Recording: "bad_request.json", Status: 404},
		},
		Faults: []carriertest.Fault{
			fault("bad_request.json", 422, carriers.ErrChanged),
			fault("not_found.json", 403, carriers.ErrThrottled),
			fault("block.html", 404, carriers.ErrThrottled),
			fault("no_times.json", 200, carriers.ErrChanged),
			fault("no_list.json", 200, carriers.ErrChanged),
			fault("two_others.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "HTTP 403", Want: carriers.ErrThrottled, Source: wall},
			{Case: "captcha page", Want: carriers.ErrThrottled, Source: wall},
			{Case: "web page", Want: carriers.ErrThrottled, Source: wall},
			{Case: "login page", Want: carriers.ErrThrottled, Source: wall},
			{Case: "other parcel's number", Source: "a recorded answer names another number than was asked for; it becomes an alias"},
		},
	}
}
