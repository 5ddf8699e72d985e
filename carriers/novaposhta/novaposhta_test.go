package novaposhta_test

import (
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/novaposhta"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	// both are the replies where the history fails and the state is asked for.
	both := func(history string, status int, state string) []carriertest.Reply {
		return []carriertest.Reply{
			{Match: "POST /v2.0/json/", Recording: state},
			{Match: "/site/v.1.0/", Recording: history, Status: status},
		}
	}
	fault := func(want error, replies ...carriertest.Reply) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: "20450999900011", Replies: replies}, Want: want}
	}
	return carriertest.Suite{
		New: novaposhta.New, Info: novaposhta.Info(), Dir: "../../testdata/carriers/novaposhta", Codes: "codes.tsv", Calls: 2,
		Known: []carriertest.Case{
			{Number: "20450999900011", Recording: "delivered.json"},
			{Number: "NPMD000099990001NPG", Recording: "abroad.json", Unmapped: []string{"7777"}},
			{Number: "59500999900012", Replies: both("gone.html", 404, "state_branch.json")},
			{Number: "59500999900029", Replies: both("gone.html", 502, "state_delivered.json")},
			{Number: "59500999900036", Replies: both("gone.html", 403, "state_moving.json"), Unmapped: []string{"7778"}},
			{Number: "20450999900028", Replies: both("gone.html", 500, "state_announced.json")},
		},
		NotFound: []carriertest.Case{
			{Number: "20450999900035", Recording: "not_found.json", Status: 404},
			{Number: "20450999900035", Recording: "no_events.json"},
			{Number: "59500999900012", Replies: both("gone.html", 503, "state_unknown.json")},
			{Number: "59500999900012", Replies: both("gone.html", 503, "state_bad_number.json")},
		},
		Faults: []carriertest.Fault{
			fault(carriers.ErrNotFound, both("no_route.json", 404, "state_unknown.json")...),
			fault(carriers.ErrChanged, both("no_times.json", 200, "state_no_time.json")...),
			fault(carriers.ErrChanged, both("no_route.json", 404, "state_failed.json")...),
			fault(carriers.ErrChanged, both("no_tracking.json", 200, "state_no_time.json")...),
			fault(carriers.ErrTemporary, both("gone.html", 502, "state_limit.json")...),
			fault(carriers.ErrTemporary, both("gone.html", 502, "state_key.json")...),
			fault(carriers.ErrTemporary, both("gone.html", 502, "state_failed.json")...),
			fault(carriers.ErrThrottled, both("gone.html", 429, "state_branch.json")...),
		},
		Foreign: []number.Number{"LP00999900000034", "RB123456785CN", "61039904000176", "0500199900018"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "the site's times are UTC; one planted scan has none"},
		},
	}
}

func TestMatch(t *testing.T) {
	c, err := novaposhta.New(carriers.Config{HTTP: carriertest.NoNetwork()})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[number.Number]carriers.Match{
		"20450999900011": carriers.Yes, "59500999900012": carriers.Yes, "10100022000007": carriers.Maybe,
		"NPMD000099990001NPG": carriers.Yes, "SHCN00009999": carriers.Maybe, "SHCN": carriers.No,
	} {
		if got := c.Match(number); got != want {
			t.Errorf("Match(%s) = %d, want %d", number, got, want)
		}
	}
}
