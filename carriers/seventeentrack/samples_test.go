package seventeentrack_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/seventeentrack"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// TestSamples reads the documentation's examples where they lie beside the
// project; none of them is part of it.
func TestSamples(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "samples", "carriers", "17track")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no samples here")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file := map[string]string{
			"/track/v2.4/register": "v2.4_register_already_registered.json", "/track/v2.4/getquota": "v2.4_getquota.json",
		}[r.URL.Path]
		if file == "" {
			file = r.Header.Get("17token")
		}
		http.ServeFile(w, r, filepath.Join(dir, file))
	}))
	defer server.Close()
	for _, tc := range []struct {
		file   string
		number number.Number
		result parcel.Result
		events int
		last   parcel.Status
		odd    int
	}{
		{"v2.4_gettrackinfo_correios_2151.json", "AA123456789BR", parcel.ResultOK, 3, parcel.Delivered, 0},
		{"v2.4_gettrackinfo_yanwen_190012.json", "YT2616912345678901", parcel.ResultOK, 3, parcel.Import, 1},
		{"v2.4_gettrackinfo_yanwen_190012.json", "YT2616912345678902", parcel.ResultChanged, 0, "", 0},
	} {
		c, err := seventeentrack.New(carriers.Config{
			BaseURL: server.URL, HTTP: server.Client(), Settings: map[string]string{"key": tc.file},
		})
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Track(t.Context(), []number.Number{tc.number})
		if err != nil {
			t.Fatalf("%s: %v", tc.file, err)
		}
		events := res[0].Tracking.Events
		if got := carriers.ResultOf(res[0].Err); got != tc.result || len(events) != tc.events || len(res[0].Unmapped) != tc.odd {
			t.Errorf("%s: %s with %d events, unmapped %v (%v)", tc.file, got, len(events), res[0].Unmapped, res[0].Err)
		} else if tc.events > 0 && events[len(events)-1].Status != tc.last {
			t.Errorf("%s: last event %+v, want %s", tc.file, events[len(events)-1], tc.last)
		}
		if res[0].Note != "quota: 1098 of 1100 numbers left" {
			t.Errorf("%s: note %q", tc.file, res[0].Note)
		}
	}
}
