package all_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// TestSamples reads real answers where they lie beside the project; none of them
// is part of it.
func TestSamples(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "samples", "carriers")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no samples here")
	}
	for _, tc := range []struct {
		carrier, file string
		status        int
		number        number.Number
		result        parcel.Result
		events        int
		last          parcel.Status
	}{
		{"cainiao", "cainiao/delivered_synthetic.json", 200, "LP00123456789", parcel.ResultOK, 4, parcel.Delivered},
		{"cainiao", "cainiao/batch_two_numbers_synthetic.json", 200, "LP00000000000", parcel.ResultNotFound, 0, ""},
		{"cainiao", "cainiao/not_found.json", 200, "LP00000000000", parcel.ResultNotFound, 0, ""},
		{"russianpost", "russianpost/rtm34_response_domestic_full.xml", 200, "44334455667733", parcel.ResultOK, 8, parcel.Delivered},
		{"russianpost", "russianpost/rtm34_response_not_found_yet.SHAPE.xml", 200, "RB123456785CN", parcel.ResultNotFound, 0, ""},
		{"russianpost", "russianpost/rtm34_fault_authorization.xml", 500, "RB123456785CN", parcel.ResultDenied, 0, ""},
		{"russianpost", "russianpost/rtm34_fault_bad_barcode.SHAPE.xml", 500, "RB123456785CN", parcel.ResultNotFound, 0, ""},
		{"upu", "upu/accepted.json", 200, "EB000000005CN", parcel.ResultOK, 1, parcel.Accepted},
		{"upu", "upu/prediction_only_DLV.json", 200, "EB000000005CN", parcel.ResultOK, 0, ""},
		{"upu", "upu/not_found.json", 200, "EB000000005CN", parcel.ResultNotFound, 0, ""},
		{"belpost", "belpost/tracking_200_EA009030735BY.json", 200, "EA009036435BY", parcel.ResultOK, 10, parcel.InTransit},
		{"belpost", "belpost/tracking_422_bad_number.json", 422, "RR123456785BY", parcel.ResultNotFound, 0, ""},
		{"belpost", "belpost/tracking_not_found.SHAPE.json", 200, "RR123456785BY", parcel.ResultNotFound, 0, ""},
		{"ukrposhta", "ukrposhta/statuses_0500100031143.json", 200, "0500100031143", parcel.ResultOK, 10, parcel.Delivered},
		{"novaposhta", "novaposhta/site_v1_populated_sample.json", 200, "20450000000001", parcel.ResultOK, 2, parcel.Delivered},
		{"novaposhta", "novaposhta/site_v1_at_branch_sample.json", 200, "20450000000003", parcel.ResultOK, 1, parcel.ReadyForPickup},
		{"novaposhta", "novaposhta/site_v1_registered_sample.json", 200, "20450000000001", parcel.ResultOK, 1, parcel.PreAdvice},
		{"novaposhta", "novaposhta/site_v1_not_found_404.json", 404, "20450000000001", parcel.ResultNotFound, 0, ""},
		{"novaposhta", "novaposhta/jsonrpc_getStatusDocuments_9_and_80.json", 200, "59500007067740", parcel.ResultOK, 1, parcel.Delivered},
		{"novaposhta", "novaposhta/jsonrpc_getStatusDocuments_9_and_80.json", 200, "59500007112662", parcel.ResultNotFound, 0, ""},
		{"kazpost", "kazpost/events_RP166981607CN.json", 200, "RP166981607CN", parcel.ResultOK, 3, parcel.Delivered},
		{"kazpost", "kazpost/not_found.json", 200, "RK070333557CP", parcel.ResultNotFound, 0, ""},
		{"fourpx", "4px/assembled_shape.json", 200, "4PX3000000000000CN", parcel.ResultOK, 2, parcel.InTransit},
		{"fourpx", "4px/not_found_shape.json", 200, "BOGUS123456789XX", parcel.ResultNotFound, 0, ""},
	} {
		t.Run(tc.file, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(tc.file)))
			if err != nil {
				t.Fatal(err)
			}
			res := ask(t, tc.carrier, tc.status, body, tc.number)
			if got := carriers.ResultOf(res.Err); got != tc.result || len(res.Tracking.Events) != tc.events {
				t.Fatalf("%s with %d events (error %v), want %s with %d", got, len(res.Tracking.Events), res.Err, tc.result, tc.events)
			}
			if n := len(res.Tracking.Events); n > 0 && res.Tracking.Events[n-1].Status != tc.last {
				t.Errorf("last event %+v, want %s", res.Tracking.Events[n-1], tc.last)
			}
			if len(res.Unmapped) > 0 {
				t.Errorf("codes without mapping: %v", res.Unmapped)
			}
		})
	}
}

// ask asks one carrier, with a server that gives one answer.
func ask(t *testing.T, name string, status int, body []byte, n number.Number) carriers.Result {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	defer server.Close()
	only := slices.DeleteFunc(all.Factories(), func(f carriers.Factory) bool { return f.Info.Name != name })
	set, err := carriers.NewSet(only, map[string]carriers.Options{
		name: {Endpoint: server.URL, Settings: map[string]string{"login": "someone", "password": "something", "key": "k", "token": "t"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, ok := set.Get(name)
	if !ok {
		t.Fatalf("no carrier %s", name)
	}
	res, err := m.Carrier.Track(t.Context(), []number.Number{n})
	if err != nil {
		return carriers.Result{Number: n, Err: err}
	}
	return res[0]
}
