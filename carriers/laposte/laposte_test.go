package laposte_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/laposte"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const dir = "../../testdata/carriers/laposte"

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, status int, want error) carriertest.Fault {
		return carriertest.Fault{
			Case: carriertest.Case{Number: "LB999900015CN", Recording: recording, Status: status}, Want: want,
		}
	}
	return carriertest.Suite{
		New: laposte.New, Info: laposte.Info(), Dir: dir, Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "LB999900015CN", Recording: "delivered.json", Unmapped: []string{"XX9"}},
			{
				Number: "CB999900333FR", Also: []number.Number{
					"LB999900069CN", "8R99990001234", "RB123456785CN", "LY999900214FR", "EB999900024CN", "EX999900126FR",
				},
				Recording: "batch.json", Status: 207,
			},
			{Number: "LY999900214FR", Recording: "one_in_list.json"},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900069CN", Recording: "not_found.json", Status: 404},
			{Number: "LB999900069CN", Recording: "not_found_unnamed.json", Status: 404},
			{Number: "LB999900069CN", Recording: "bad_number.json", Status: 400},
		},
		Faults: []carriertest.Fault{
			fault("gateway.json", 404, carriers.ErrChanged),
			fault("strange.json", 200, carriers.ErrChanged),
			fault("key.json", 401, carriers.ErrCredential),
			fault("limit.json", 429, carriers.ErrThrottled),
			fault("limit.json", 207, carriers.ErrThrottled),
			fault("later.json", 207, carriers.ErrTemporary),
			fault("no_events.json", 200, carriers.ErrChanged),
			fault("no_times.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "UA999900041YP", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "documentation: dates have an offset; one planted event has none"},
		},
	}
}

func TestWholeCallRefused(t *testing.T) {
	for _, tc := range []struct {
		recording string
		status    int
		want      []parcel.Result
	}{
		{"whole_400.json", 400, []parcel.Result{parcel.ResultTemporary, parcel.ResultNotFound}},
		{"whole_404.json", 404, []parcel.Result{parcel.ResultNotFound, parcel.ResultNotFound}},
		{"one_in_list.json", 207, []parcel.Result{parcel.ResultChanged, parcel.ResultChanged}},
	} {
		if diff := cmp.Diff(tc.want, ask(t, filepath.Join(dir, tc.recording), tc.status, "LB999900015CN", "8R99990001234")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.recording, diff)
		}
	}
}

func TestSamples(t *testing.T) {
	samples := filepath.Join("..", "..", "..", "shared", "samples", "carriers", "laposte")
	if _, err := os.Stat(samples); err != nil {
		t.Skip("no samples here")
	}
	for file, tc := range map[string]struct {
		status int
		number number.Number
		want   parcel.Result
	}{
		"idships_200_EW112720413FR.json":  {200, "EW112720413FR", parcel.ResultOK},
		"idships_400_bad_number.json":     {400, "WBZQ03ENZJ6BBBTEELZWITJTAGYKA19WR6OO", parcel.ResultNotFound},
		"idships_404_unknown.SHAPE.json":  {404, "LL123456789CN", parcel.ResultNotFound},
		"../dhl/shipments_404.json":       {404, "LL123456789CN", parcel.ResultChanged},
		"../laposte/../upu/accepted.json": {200, "LL123456789CN", parcel.ResultChanged},
	} {
		if diff := cmp.Diff([]parcel.Result{tc.want}, ask(t, filepath.Join(samples, file), tc.status, tc.number)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// ask asks for numbers with one recorded answer.
func ask(t *testing.T, file string, status int, numbers ...number.Number) []parcel.Result {
	t.Helper()
	body, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	defer server.Close()
	c, err := laposte.New(carriers.Config{BaseURL: server.URL, HTTP: server.Client(), Settings: map[string]string{"key": "a key"}})
	if err != nil {
		t.Fatal(err)
	}
	results, err := c.Track(t.Context(), numbers)
	if err != nil {
		return []parcel.Result{carriers.ResultOf(err)}
	}
	var got []parcel.Result
	for _, r := range results {
		got = append(got, carriers.ResultOf(r.Err))
	}
	return got
}
