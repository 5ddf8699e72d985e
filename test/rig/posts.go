package rig

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"parcelwatch/internal/demo"
)

// Posts answers as Cainiao, UPU and Russian Post do, and can be told to do
// something else.
type Posts struct {
	URL string

	server *httptest.Server
	right  http.Handler

	mu      sync.Mutex
	instead http.HandlerFunc
	asked   map[string]int // calls, by the first part of the path
}

// OpenPosts starts posts on a free port of loopback that know what look knows.
// Close them.
func OpenPosts(look func(number string) demo.Record) *Posts {
	p := &Posts{right: demo.Answers(look), asked: map[string]int{}}
	p.server = httptest.NewServer(p)
	p.URL = p.server.URL
	return p
}

// Close stops the posts, also in the middle of an answer.
func (p *Posts) Close() {
	p.server.CloseClientConnections()
	p.server.Close()
}

// Instead makes every answer another one; nil makes them right again.
func (p *Posts) Instead(f http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.instead = f
}

// Asked is how many calls there were so far: "global" is Cainiao's, "gtt.api"
// UPU's, "rtm34" Russian Post's.
func (p *Posts) Asked(first string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[first]
}

// ServeHTTP answers one call.
func (p *Posts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	p.mu.Lock()
	p.asked[first]++
	instead := p.instead
	p.mu.Unlock()
	if instead != nil {
		instead(w, r)
		return
	}
	p.right.ServeHTTP(w, r)
}

// Sections are the configuration's sections of the carriers that these posts
// stand for.
func (p *Posts) Sections(names ...string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		out[name] = fmt.Sprintf("endpoint = %q", p.URL)
		if name == "russianpost" {
			out[name] += "\nlogin = \"me\"\npassword = SECRET"
		}
	}
	return out
}
