package ukrposhta_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/ukrposhta"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, status int, want error) carriertest.Fault {
		return carriertest.Fault{
			Case: carriertest.Case{Number: "0500199900018", Recording: recording, Status: status}, Want: want,
		}
	}
	return carriertest.Suite{
		New: ukrposhta.New, Info: ukrposhta.Info(), Dir: "../../testdata/carriers/ukrposhta", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "0500199900018", Recording: "domestic.json"},
			{
				Number: "RB123456785CN", Also: []number.Number{"LB999900090CN", "RR999900157UA", "0500199900025"},
				Recording: "batch.json", Unmapped: []string{"99999"},
			},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900090CN", Recording: "not_found.json"},
			{Number: "LB999900090CN", Recording: "no_events.json"},
			{Number: "LB999900090CN", Recording: "error_not_found.json", Status: 404},
			{Number: "LB999900090CN", Recording: "error_plain.json", Status: 404},
			{Number: "LB999900090CN", Recording: "error_number.json", Status: 400},
			{Number: "LB999900090CN", Recording: "error_plain.json", Status: 422},
		},
		Faults: []carriertest.Fault{
			fault("error_token.json", 400, carriers.ErrCredential),
			fault("error_service.json", 400, carriers.ErrTemporary),
			fault("no_times.json", 200, carriers.ErrChanged),
			fault("mixed.json", 200, carriers.ErrChanged),
			fault("not_found.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "UA999900191YP", "UA999900188SG", "LB999900112SG"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "documentation: times have no zone and are those of Kyiv, which a scan abroad is not"},
		},
	}
}

// One number that is refused must not fail the others of its batch.
func TestWrongCheckDigitIsAskedForAlone(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, string(body))
		if strings.Contains(string(body), "RB123456789CN") {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, `{"found":{},"notFound":["RB123456785CN","0500199900018"]}`)
	}))
	defer server.Close()
	c, err := ukrposhta.New(carriers.Config{BaseURL: server.URL, HTTP: server.Client(), Settings: map[string]string{"token": "t"}})
	if err != nil {
		t.Fatal(err)
	}
	numbers := []number.Number{"RB123456785CN", "RB123456789CN", "0500199900018"}
	results, err := c.Track(t.Context(), numbers)
	if err != nil || len(results) != len(numbers) {
		t.Fatalf("results %v, error %v", results, err)
	}
	for i, r := range results {
		if r.Number != numbers[i] || !errors.Is(r.Err, carriers.ErrNotFound) {
			t.Errorf("%s: %v, want %s not found", r.Number, r.Err, numbers[i])
		}
	}
	want := []string{`["RB123456785CN","0500199900018"]`, `["RB123456789CN"]`}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}
