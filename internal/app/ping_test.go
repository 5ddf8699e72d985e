package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parcelwatch/config"
)

func TestTheDeadMansSwitchIsFetchedAndNeverNamed(t *testing.T) {
	t.Parallel()
	hits, status := 0, http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hits++
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	if pinger(config.Secret{}) != nil {
		t.Error("something to fetch without an address")
	}
	ping := pinger(config.Plain(s.URL + "/hunter2"))
	for range 3 {
		if err := ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if hits != 1 {
		t.Errorf("fetched %d times in a row, want once", hits)
	}
	status = http.StatusNotFound
	if err := pinger(config.Plain(s.URL + "/hunter2"))(t.Context()); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("404: %v", err)
	}
	for _, address := range []string{"http://127.0.0.1:1/hunter2", "://hunter2"} {
		if err := pinger(config.Plain(address))(t.Context()); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
