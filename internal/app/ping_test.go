package app

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
	if pinger(config.Secret{}, nil) != nil {
		t.Error("something to fetch without an address")
	}
	ping := pinger(config.Plain(s.URL+"/hunter2"), http.DefaultTransport)
	for range 3 {
		if err := ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if hits != 1 {
		t.Errorf("fetched %d times in a row, want once", hits)
	}
	status = http.StatusNotFound
	if err := pinger(config.Plain(s.URL+"/hunter2"), http.DefaultTransport)(t.Context()); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("404: %v", err)
	}
	for _, address := range []string{"http://127.0.0.1:1/hunter2", "://hunter2"} {
		if err := pinger(config.Plain(address), http.DefaultTransport)(t.Context()); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// calls counts what is fetched and answers it with a status, or not at all for 0.
type calls struct{ n, status int }

func (c *calls) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n++
	if c.status == 0 {
		return nil, errors.New("unreachable")
	}
	return &http.Response{StatusCode: c.status, Body: http.NoBody, Request: r}, nil
}

// TestTheDeadMansSwitchIsFetchedEveryFiveMinutes pings every 30 seconds, as the notifier
// may, for an hour of simulated time. After failures the pauses grow from 30 seconds to 15
// minutes, and the failure stays known between two attempts.
func TestTheDeadMansSwitchIsFetchedEveryFiveMinutes(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{http.StatusOK: 12, http.StatusInternalServerError: 8, 0: 8} {
		synctest.Test(t, func(t *testing.T) {
			server := &calls{status: status}
			ping := pinger(config.Plain("https://ping.example/hunter2"), server)
			for range 120 {
				if err := ping(t.Context()); (err == nil) != (status == http.StatusOK) {
					t.Fatalf("answer %d: %v", status, err)
				}
				time.Sleep(30 * time.Second)
			}
			if server.n != want {
				t.Errorf("answer %d: fetched %d times, want %d", status, server.n, want)
			}
		})
	}
}
