package carriertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel/number"
)

// bench is one carrier with a test server, and a transport that reaches nothing
// else.
type bench struct {
	carrier carriers.Carrier
	server  *httptest.Server
	client  *http.Client

	mu        sync.Mutex
	seen      []seen   // requests to the server
	sent      int      // number of requests through the transport
	elsewhere []string // requests to other hosts, which were refused
}

// seen is a request as the server received it.
type seen struct {
	method, target, body string
	query                map[string][]string
	header               http.Header
}

func (r seen) text() string { return r.method + " " + r.target + "\n" + r.body }

var errElsewhere = errors.New("another host than the service's was asked")

// open starts a server and makes the carrier for it.
func open(s Suite, timeout time.Duration, h func(w http.ResponseWriter, r *http.Request, body string)) (*bench, error) {
	b := &bench{}
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		b.mu.Lock()
		b.seen = append(b.seen, seen{r.Method, r.RequestURI, string(body), r.URL.Query(), r.Header})
		b.mu.Unlock()
		h(w, r, string(body))
	}))
	own := b.server.Listener.Addr().String()
	b.client = &http.Client{Timeout: timeout, Transport: &counter{b, own, &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if addr != own {
				return nil, errElsewhere
			}
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
	}}}
	var err error
	b.carrier, err = s.New(carriers.Config{BaseURL: b.server.URL, HTTP: b.client, Settings: planted(s.Info)})
	if err != nil {
		b.close()
		return nil, fmt.Errorf("make the carrier: %w", err)
	}
	return b, nil
}

// close stops the server and closes every connection.
func (b *bench) close() {
	b.client.CloseIdleConnections()
	b.server.CloseClientConnections()
	b.server.Close()
}

func (b *bench) requests() []seen {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.seen)
}

// counter counts requests through the transport and records their hosts.
type counter struct {
	b    *bench
	own  string
	next *http.Transport
}

// RoundTrip passes on requests to the bench's server only.
func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.b.mu.Lock()
	c.b.sent++
	if r.URL.Host != c.own {
		c.b.elsewhere = append(c.b.elsewhere, r.URL.Host)
	}
	c.b.mu.Unlock()
	if r.URL.Host != c.own {
		return nil, errElsewhere
	}
	return c.next.RoundTrip(r)
}

// CloseIdleConnections passes the call of http.Client on to the transport.
func (c *counter) CloseIdleConnections() { c.next.CloseIdleConnections() }

// replay answers with a case's recordings.
func (s Suite) replay(c Case) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, r *http.Request, body string) {
		text := r.Method + " " + r.RequestURI + "\n" + body
		if s.Other != "" { // asked for instead of the recorded number
			text = strings.ReplaceAll(text, string(s.Other), string(c.Number))
		}
		for _, reply := range c.replies() {
			if strings.Contains(text, reply.Match) {
				s.send(w, reply)
				return
			}
		}
		http.Error(w, "no recording for this request", http.StatusTeapot)
	}
}

func (c Case) replies() []Reply {
	if len(c.Replies) > 0 {
		return c.Replies
	}
	return []Reply{{Recording: c.Recording, Status: c.Status}}
}

// name returns the file name of the case's golden without its extension.
func (c Case) name() string {
	first := c.replies()[0].Recording
	return strings.TrimSuffix(first, filepath.Ext(first))
}

func (s Suite) send(w http.ResponseWriter, r Reply) {
	body, err := os.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(r.Recording)))
	if err != nil {
		http.Error(w, "recording is missing: "+r.Recording, http.StatusTeapot)
		return
	}
	w.Header().Set("Content-Type", contentType(r.Recording))
	w.WriteHeader(max(r.Status, http.StatusOK))
	_, _ = w.Write(body)
}

// body returns the first known recording.
func (s Suite) body() ([]byte, error) {
	replies := s.Known[0].replies()
	return os.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(replies[len(replies)-1].Recording)))
}

func contentType(file string) string {
	switch filepath.Ext(file) {
	case ".xml":
		return "application/soap+xml;charset=UTF-8"
	case ".html":
		return "text/html;charset=UTF-8"
	default:
		return "application/json;charset=UTF-8"
	}
}

// planted returns a value for every setting that occurs nowhere else and needs
// escaping in every encoding.
func planted(info carriers.Info) map[string]string {
	m := make(map[string]string)
	for _, s := range info.Settings {
		m[s.Name] = "planted-" + s.Name + `-9f3<&>"'/+ é7`
	}
	return m
}

// track asks for one number and checks the form of the result.
func track(ctx context.Context, c carriers.Carrier, n number.Number) (carriers.Result, error) {
	res, err := c.Track(ctx, []number.Number{n})
	switch {
	case err != nil && res != nil:
		return carriers.Result{}, fmt.Errorf("results and an error of the whole call both: %w", err)
	case err != nil:
		return carriers.Result{Number: n}, err
	case len(res) != 1 || res[0].Number != n:
		return carriers.Result{}, fmt.Errorf("asked for %s, got %d results: %v", n, len(res), res)
	}
	return res[0], res[0].Err
}

// ask opens a bench for one lookup of number.
func (s Suite) ask(ctx context.Context, n number.Number, h func(http.ResponseWriter, *http.Request, string)) (*bench, carriers.Result, error) {
	b, err := open(s, 10*time.Second, h)
	if err != nil {
		return nil, carriers.Result{}, err
	}
	defer b.close()
	res, err := track(ctx, b.carrier, n)
	return b, res, err
}

// fixed gives the same answer to every request.
func fixed(status int, header map[string]string, body string) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("Content-Type", "application/json")
		if bytes.HasPrefix([]byte(body), []byte("<")) {
			w.Header().Set("Content-Type", "text/html")
		}
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// NoNetwork returns a client that reaches nothing, for tests that make no calls.
func NoNetwork() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errElsewhere },
	}}
}
