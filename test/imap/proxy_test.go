package imap_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
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

// fault is what a proxy does to the connections through it.
type fault int32

const (
	healthy fault = iota
	blackHole
	upstreamHole // what the server says is lost, what we say arrives
	silentAccept // new connections are taken and nothing is said
	refusing     // new connections are closed at once
)

// proxy stands between the watcher and the server and can misbehave at any
// moment.
type proxy struct {
	net.Listener
	target string
	open   func(ctx context.Context, network, addr string) (net.Conn, error) // the connection to the target
	mode   atomic.Int32
	wg     sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
}

func startProxy(tb testing.TB, target string) *proxy {
	tb.Helper()
	return startProxyAt(tb, "127.0.0.1", target)
}

func startProxyAt(tb testing.TB, host, target string) *proxy {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{Listener: l, target: target, open: (&net.Dialer{}).DialContext, conns: map[net.Conn]bool{}}
	p.wg.Go(p.accept)
	tb.Cleanup(func() {
		_ = l.Close()
		p.cut(false)
		p.wg.Wait()
	})
	return p
}

func (p *proxy) port() int { return portOf(p.Addr()) }

func (p *proxy) set(f fault) { p.mode.Store(int32(f)) }

func (p *proxy) is(list ...fault) bool {
	return slices.Contains(list, fault(p.mode.Load()))
}

func (p *proxy) accept() {
	for {
		c, err := p.Accept()
		if err != nil {
			return
		}
		p.wg.Go(func() { p.serve(c) })
	}
}

func (p *proxy) serve(c net.Conn) {
	defer p.drop(c)
	p.keep(c)
	if p.is(refusing) {
		return
	}
	if p.is(silentAccept, blackHole) {
		_, _ = io.Copy(io.Discard, c)
		return
	}
	server, err := p.open(context.Background(), "tcp", p.target)
	if err != nil {
		return
	}
	defer p.drop(server)
	p.keep(server)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.copy(server, c, blackHole)
		_ = server.Close()
	}()
	p.copy(c, server, blackHole, upstreamHole)
	_ = c.Close()
	<-done
}

// copy passes bytes on, or loses them while a fault lasts.
func (p *proxy) copy(to, from net.Conn, lost ...fault) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && !p.is(lost...) {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) drop(c net.Conn) {
	_ = c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

func (p *proxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
}

// used reports whether there is a connection.
func (p *proxy) used() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns) > 0
}

// cut ends every connection, by a reset where asked for.
func (p *proxy) cut(reset bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		if tcp, ok := c.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
		delete(p.conns, c)
	}
}

func portOf(a net.Addr) int {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return 0
	}
	return tcp.Port
}
