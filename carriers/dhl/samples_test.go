package dhl_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/dhl"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// TestSamples reads real answers where they lie beside the project; none of them
// is part of it.
func TestSamples(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "samples", "carriers", "dhl")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no samples here")
	}
	for _, tc := range []struct {
		file   string
		status int
		number number.Number
		result parcel.Result
		text   string
	}{
		{"shipments_200_00340434292135100124.json", 200, "7777777770", parcel.ResultOK, "DELIVERED"},
		{"shipments_200_00340434292135100124.json", 200, "7777777771", parcel.ResultChanged, ""},
		{"shipments_404.json", 404, "8264715546", parcel.ResultNotFound, ""},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			body, _ := os.ReadFile(filepath.Join(dir, tc.file))
			w.WriteHeader(tc.status)
			_, _ = w.Write(body)
		}))
		c, err := dhl.New(carriers.Config{BaseURL: server.URL, HTTP: server.Client(), Settings: map[string]string{"key": "a key"}})
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Track(t.Context(), []number.Number{tc.number})
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		events := res[0].Tracking.Events
		if got := carriers.ResultOf(res[0].Err); got != tc.result || len(res[0].Unmapped) > 0 {
			t.Errorf("%s: %s, unmapped %v (%v)", tc.number, got, res[0].Unmapped, res[0].Err)
		} else if tc.text != "" && (len(events) != 1 || events[0].Text != tc.text || events[0].Place != "AMSTERDAM") {
			t.Errorf("%s: %+v, want one event %q in the town without the street", tc.number, events, tc.text)
		}
	}
}
