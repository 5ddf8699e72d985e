package rig

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// Fault is what a proxy does to the connections through it.
type Fault int32

// The faults.
const (
	Healthy      Fault = iota
	BlackHole          // nothing arrives, in either direction, and nobody is told
	AnswersLost        // what the server says is lost, what it is told arrives
	SilentAccept       // new connections are taken and nothing is said
	Refusing           // new connections are closed at once
	Slow               // everything takes SlowBy longer
)

// SlowBy is how late each piece arrives through a slow proxy.
const SlowBy = 2 * time.Second

// Proxy stands between a client and a server and can misbehave at any moment.
type Proxy struct {
	listener net.Listener
	target   string
	dial     DialFunc
	wg       sync.WaitGroup

	mu     sync.Mutex
	fault  Fault
	tamper func(fromServer []byte) (pass []byte, cut bool)
	conns  map[net.Conn]bool
	passed time.Time // when something was said the last time
}

// DialFunc opens a connection.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// StartProxy listens on a free port of loopback. Close it.
func StartProxy(ctx context.Context, target string) (*Proxy, error) {
	return StartProxyAt(ctx, "127.0.0.1", target, (&net.Dialer{}).DialContext)
}

// StartProxyAt listens on a free port of a host and reaches its target by dial.
func StartProxyAt(ctx context.Context, host, target string, dial DialFunc) (*Proxy, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{listener: l, target: target, dial: dial, conns: map[net.Conn]bool{}}
	p.wg.Go(p.accept)
	return p, nil
}

// Close ends every connection and waits.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Cut(false)
	p.wg.Wait()
}

// Addr is where the proxy listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Port is the port of Addr.
func (p *Proxy) Port() int {
	_, text, _ := net.SplitHostPort(p.Addr())
	port, _ := strconv.Atoi(text)
	return port
}

// Set begins a fault, or ends it.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

// Tamper changes what the server says, piece by piece, and can end the
// connection after a piece; nil leaves it alone again.
func (p *Proxy) Tamper(f func(fromServer []byte) (pass []byte, cut bool)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tamper = f
}

// Used reports whether there is a connection.
func (p *Proxy) Used() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns) > 0
}

// Calm reports whether nothing was said for a while.
func (p *Proxy) Calm(d time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.passed) >= d
}

// Cut ends every connection, by a reset where asked for.
func (p *Proxy) Cut(reset bool) {
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

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wg.Go(func() { p.serve(c) })
	}
}

func (p *Proxy) serve(c net.Conn) {
	defer p.drop(c)
	switch p.keep(c) {
	case Refusing:
		return
	case SilentAccept, BlackHole:
		_, _ = io.Copy(io.Discard, c)
		return
	case Healthy, AnswersLost, Slow:
	}
	server, err := p.dial(context.Background(), "tcp", p.target)
	if err != nil {
		return
	}
	defer p.drop(server)
	p.keep(server)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.copy(server, c, false)
		_ = server.Close()
	}()
	p.copy(c, server, true)
	_ = c.Close()
	<-done
}

// copy passes bytes on, or does to them what the fault asks for.
func (p *Proxy) copy(to, from net.Conn, fromServer bool) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		fault, tamper := p.now()
		piece, cut := buf[:n], false
		if tamper != nil && fromServer && n > 0 {
			piece, cut = tamper(piece)
		}
		if fault == Slow && n > 0 {
			pause := time.NewTimer(SlowBy)
			<-pause.C
		}
		lost := fault == BlackHole || fault == AnswersLost && fromServer
		if len(piece) > 0 && !lost {
			if _, err := to.Write(piece); err != nil {
				return
			}
		}
		if err != nil || cut {
			return
		}
	}
}

func (p *Proxy) now() (Fault, func([]byte) ([]byte, bool)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed = time.Now()
	return p.fault, p.tamper
}

func (p *Proxy) keep(c net.Conn) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	return p.fault
}

func (p *Proxy) drop(c net.Conn) {
	_ = c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}
