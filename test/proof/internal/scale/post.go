//go:build linux

package scale

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// interval is between two calls of one post, the least that a definition may have.
const interval = time.Second

// post is a simulated post that knows the same of every number. It remembers when it was
// called.
type post struct {
	name   string
	mask   string // of the numbers that it is asked about
	server *httptest.Server
	more   atomic.Bool // it knows something new of every parcel in the store

	mu    sync.Mutex
	calls []time.Time
}

// thrifty is the mask of a tenth of all numbers.
const thrifty = `^RB\d{7}0\d[A-Z]{2}$`

// share is the mask of a twentieth of all numbers.
func share(i int) string {
	tens := "02468"
	if i >= 10 {
		tens = "13579"
	}
	return fmt.Sprintf(`^RB\d{6}[%s]%d\d[A-Z]{2}$`, tens, i%10)
}

func openPost(name, mask string) *post {
	p := &post{name: name, mask: mask}
	p.server = httptest.NewServer(p)
	return p
}

// ServeHTTP answers one call.
func (p *post) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	p.mu.Lock()
	p.calls = append(p.calls, now)
	p.mu.Unlock()
	type event struct {
		At   time.Time `json:"at"`
		What string    `json:"what"`
	}
	day := now.UTC().Truncate(24 * time.Hour)
	events := []event{{day.AddDate(0, 0, -5), "Accepted by carrier"}, {day.AddDate(0, 0, -3), "Departed from the sorting centre"}}
	if p.more.Load() {
		events = append(events, event{day.AddDate(0, 0, -1), "Arrived in the country of destination"})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{ // the client reports a broken answer
		"number": strings.Trim(r.URL.Path, "/"),
		"events": events,
	})
}

func (p *post) close() {
	p.server.CloseClientConnections()
	p.server.Close()
}

// called returns when calls came, oldest first.
func (p *post) called() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.calls...)
}

// section defines the post in a configuration.
func (p *post) section(budget int) string {
	return fmt.Sprintf(`[[carrier]]
name = %q
role = "origin"
maybe = ['%s']
request = { url = "%s/{number}" }
private = true
number = "$.number"
events = "$.events[*]"
time = "$.at"
layout = ["rfc3339"]
text = "$.what"
interval = %q
per_number = "10m"
budget = %d
[carrier.status]
"/Accepted/" = "accepted"
"/Departed/" = "in_transit"
"/Arrived/" = "import"
`, p.name, p.mask, p.server.URL, interval, budget)
}

// closest returns the shortest time between two calls, and how many of the gaps are shorter
// than least.
func closest(calls []time.Time, least time.Duration) (shortest time.Duration, closer int) {
	for i := 1; i < len(calls); i++ {
		gap := calls[i].Sub(calls[i-1])
		if i == 1 || gap < shortest {
			shortest = gap
		}
		if gap < least {
			closer++
		}
	}
	return shortest, closer
}

// crowd returns the most calls within any time of that length.
func crowd(calls []time.Time, within time.Duration) (most int) {
	first := 0
	for i, at := range calls {
		for at.Sub(calls[first]) >= within {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
