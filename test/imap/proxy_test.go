package imap_test

import (
	"bytes"
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"parcelwatch/test/rig"
)

// announcements notes when EXISTS was heard on connections without TLS.
type announcements struct {
	mu    sync.Mutex
	times []time.Time
}

func (a *announcements) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &listening{Conn: c, to: a}, nil
}

// first is the first announcement after a moment.
func (a *announcements) first(after time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.times {
		if t.After(after) {
			return t
		}
	}
	return after
}

type listening struct {
	net.Conn
	to *announcements
}

func (l *listening) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if bytes.Contains(p[:n], []byte("EXISTS")) {
		l.to.mu.Lock()
		l.to.times = append(l.to.times, time.Now())
		l.to.mu.Unlock()
	}
	return n, err
}

func startProxy(tb testing.TB, target string) *rig.Proxy {
	tb.Helper()
	return startProxyBy(tb, "127.0.0.1", target, (&net.Dialer{}).DialContext)
}

// startProxyBy starts a proxy that ends with the test.
func startProxyBy(tb testing.TB, host, target string, dial rig.DialFunc) *rig.Proxy {
	tb.Helper()
	p, err := rig.StartProxyAt(tb.Context(), host, target, dial)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.Close)
	return p
}
