package kazpost_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/kazpost"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func TestLive(t *testing.T) { carriertest.Live(t, suite(), nil) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, status int, want error) carriertest.Fault {
		return carriertest.Fault{
			Case: carriertest.Case{Number: "RB999900072CN", Recording: recording, Status: status}, Want: want,
		}
	}
	waiting := func(events, details string) []carriertest.Reply {
		return []carriertest.Reply{{Match: "/events", Recording: events}, {Match: "/api/v2/", Recording: details}}
	}
	return carriertest.Suite{
		New: kazpost.New, Info: kazpost.Info(), Dir: "../../testdata/carriers/kazpost", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "RB999900072CN", Recording: "delivered.json", Unmapped: []string{"NEWTHING"}},
			{Number: "RB999900130KZ", Replies: waiting("waiting.json", "details.json")},
			{Number: "CP999900143KZ", Replies: waiting("waiting_older.json", "not_found.json")},
			{Number: "UA999900191YP", Replies: waiting("waiting_undone.json", "details.json")},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900090CN", Recording: "not_found.json"},
			{Number: "LB999900090CN", Recording: "not_found.json", Status: 404},
			{Number: "LB999900090CN", Recording: "no_events.json"},
			{Number: "LB999900090CN", Recording: "no_activity.json"},
		},
		Faults: []carriertest.Fault{
			fault("error_limit.json", 200, carriers.ErrThrottled),
			fault("error_denied.json", 200, carriers.ErrBlocked),
			fault("error_service.json", 200, carriers.ErrTemporary),
			fault("delivered.json", 404, carriers.ErrChanged),
			fault("no_list.json", 200, carriers.ErrChanged),
			fault("no_times.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "clocks are local without a zone: two zones until March 2024, other countries' at any time"},
		},
	}
}
