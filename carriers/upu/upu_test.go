package upu_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/upu"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func TestLive(t *testing.T) { carriertest.Live(t, suite(), nil) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	const notKnown = "client verified live: an unknown or bad number is HTTP 200 with zero bytes or an empty list"
	return carriertest.Suite{
		New: upu.New, Info: upu.Info(), Dir: "../../testdata/carriers/upu", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "EB999900024CN", Recording: "delivered.json"},
			{Number: "RR999900055SG", Recording: "iso.json", Unmapped: []string{"QQQ"}},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900069CN", Recording: "not_found.json"},
			{Number: "LB999900069CN", Recording: "empty.json"},
		},
		Faults: []carriertest.Fault{
			{Case: carriertest.Case{Number: "EB999900024CN", Recording: "no_events.json"}, Want: carriers.ErrChanged},
			{Case: carriertest.Case{Number: "EB999900024CN", Recording: "no_times.json"}, Want: carriers.ErrChanged},
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "UA999900041YP"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "empty body", Want: carriers.ErrNotFound, Source: notKnown},
			{Case: "odd answer []", Want: carriers.ErrNotFound, Source: notKnown},
			{Case: "zone", Source: "the offset in /Date(ms+hhmm)/ is the server's, not the place's"},
		},
	}
}

func TestForecast(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "../../testdata/carriers/upu/forecast.json")
	}))
	defer server.Close()
	c, err := upu.New(carriers.Config{BaseURL: server.URL, HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Track(t.Context(), []number.Number{"EB999900024CN"})
	if err != nil || res[0].Err != nil {
		t.Fatalf("errors %v, %v; a forecast alone is an answer", err, res[0].Err)
	}
	if got := res[0].Tracking; len(got.Events) > 0 || got.ETA != "" || got.Destination != "IN" {
		t.Errorf("got %+v, want the destination and nothing of the forecast", got)
	}
}
