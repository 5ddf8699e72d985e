package postnord_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/postnord"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// TestSamples reads real answers where they lie beside the project; none of them
// is part of it.
func TestSamples(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "samples", "carriers", "postnord")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no samples here")
	}
	for _, tc := range []struct {
		file   string
		number number.Number
		events int // none: the number is not known
		last   parcel.Status
	}{
		{"fault_invalidIdentifier.json", "12345", 0, ""},
		{"findByIdentifier_delivered.json", "12345", 5, parcel.Delivered},
	} {
		t.Run(tc.file, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, tc.file))
			if err != nil {
				t.Fatal(err)
			}
			body = bytes.ReplaceAll(body, []byte(`"123"`), []byte(`"12345"`)) // shortened by who kept it
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
			defer server.Close()
			c, err := postnord.New(carriers.Config{BaseURL: server.URL, HTTP: server.Client(), Settings: map[string]string{"key": "k"}})
			if err != nil {
				t.Fatal(err)
			}
			results, err := c.Track(t.Context(), []number.Number{tc.number})
			if err != nil {
				t.Fatal(err)
			}
			events := results[0].Tracking.Events
			switch {
			case len(events) != tc.events || len(results[0].Unmapped) > 0:
				t.Errorf("%d events, error %v, unmapped %v", len(events), results[0].Err, results[0].Unmapped)
			case tc.events == 0 && !errors.Is(results[0].Err, carriers.ErrNotFound):
				t.Errorf("error %v, want not found", results[0].Err)
			case tc.events > 0 && events[len(events)-1].Status != tc.last:
				t.Errorf("last event %+v, want %s", events[len(events)-1], tc.last)
			}
		})
	}
}
