package demo

import (
	"net/http/httptest"
	"time"
)

// Posts simulates Cainiao, UPU Global Track & Trace and Russian Post, with all events up
// to the clock's time.
type Posts struct {
	URL string

	server *httptest.Server
	clock  *Clock
	start  time.Time
}

// OpenPosts starts the posts on a free loopback port. The caller must close them.
func OpenPosts(clock *Clock, start time.Time) *Posts {
	p := &Posts{clock: clock, start: start}
	p.server = httptest.NewServer(Answers(p.look))
	p.URL = p.server.URL
	return p
}

// Close stops the server.
func (p *Posts) Close() { p.server.Close() }

// look returns the events of a number so far.
func (p *Posts) look(number string) Record {
	now := p.clock.Now()
	for _, j := range journeys() {
		if j.number != number && j.local != number {
			continue
		}
		r := Record{Number: j.number, Local: j.local, Origin: j.origin()}
		r.Linked = j.local != "" && now.After(p.start.Add(time.Duration(j.day)*24*time.Hour))
		for _, s := range j.scans {
			if at := s.at(p.start); !at.After(now) {
				s.At = at
				r.Scans = append(r.Scans, s.Scan)
			}
		}
		return r
	}
	return Record{}
}
