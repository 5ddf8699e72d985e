package netx

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// ErrSilent means that the server did not answer in time.
var ErrSilent = errors.New("no answer")

// ErrTooMuch means that the server sent more than the limit for a step.
var ErrTooMuch = errors.New("the server sent far more than was asked for")

// ErrClosed means that the server closed the connection.
var ErrClosed = errors.New("the server closed the connection")

// Reply is the most that a server may send in answer to one command or request, in
// bytes.
const Reply = 64 << 10

const (
	writeLimit = 20 * time.Second
	tailSize   = 512 // enough for a last line
)

// Limits bound one step of a conversation: a command and its answer.
type Limits struct {
	Silence time.Duration // the longest wait for the next byte
	Total   time.Duration // the longest step; 0 limits only the silences
	Bytes   int64         // read in the step
}

// Guard limits what a server can do with a connection: each silence, the duration of a
// step and its bytes. It keeps the cause of a failure, which protocol libraries reduce to
// text, and closes the connection then. Deadlines set by others are ignored.
type Guard struct {
	net.Conn          // for reading and writing: the TLS connection if TLS is implicit
	raw      net.Conn // for closing: closing TLS would wait for a dead peer
	turns    bool     // a write after a read begins a step

	mu     sync.Mutex
	limits Limits
	until  time.Time // end of the step; zero for none
	end    time.Time // end of everything; zero for none
	left   int64     // bytes that may still be read in this step
	heard  bool      // something was read since the last write
	tail   []byte
	cause  error
}

// NewGuard returns a guard whose steps begin with [Guard.Step]. raw is the connection
// below conn, or conn itself.
func NewGuard(conn, raw net.Conn, l Limits) *Guard {
	g := &Guard{Conn: conn, raw: raw}
	g.set(l)
	return g
}

// NewTurns returns a guard for a protocol in which each side waits for the other: every
// write after an answer begins a new step.
func NewTurns(conn net.Conn, l Limits) *Guard {
	g := NewGuard(conn, conn, l)
	g.turns = true
	return g
}

// Read reads within the limits.
func (g *Guard) Read(p []byte) (int, error) {
	if err := g.arm(); err != nil {
		return 0, err
	}
	n, err := g.Conn.Read(p)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count(p[:n])
	switch {
	case g.cause != nil:
		return 0, g.cause
	case err == nil && g.left < 0:
		return 0, g.failLocked(ErrTooMuch)
	case err != nil:
		return n, g.failLocked(g.readCause(err))
	}
	return n, nil
}

// Write writes within the limits.
func (g *Guard) Write(p []byte) (int, error) {
	g.mu.Lock()
	if g.cause != nil {
		defer g.mu.Unlock()
		return 0, g.cause
	}
	if g.turns && g.heard {
		g.set(g.limits)
	}
	limit := time.Now().Add(writeLimit)
	if !g.end.IsZero() && g.end.Before(limit) {
		limit = g.end
	}
	_ = g.Conn.SetWriteDeadline(limit)
	g.mu.Unlock()

	n, err := g.Conn.Write(p)
	if err != nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		return n, g.failLocked(g.readCause(err))
	}
	return n, nil
}

// Close closes the network connection at once.
func (g *Guard) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == nil {
		g.cause = net.ErrClosed
	}
	return g.raw.Close()
}

// SetDeadline does nothing: the guard's limits apply, not the library's.
func (g *Guard) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing, like SetDeadline.
func (g *Guard) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing, like SetDeadline.
func (g *Guard) SetWriteDeadline(time.Time) error { return nil }

// Step begins a step and applies its limits to a Read in progress.
func (g *Guard) Step(l Limits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.set(l)
	_ = g.Conn.SetReadDeadline(g.deadline())
}

// Hurry makes all operations end within d, after a stop was requested.
func (g *Guard) Hurry(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.end.IsZero() {
		return
	}
	g.end = time.Now().Add(d)
	_ = g.Conn.SetReadDeadline(g.deadline())
	_ = g.Conn.SetWriteDeadline(g.end)
}

// Failure returns the original cause, nil if the connection works or was closed locally.
func (g *Guard) Failure() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if errors.Is(g.cause, net.ErrClosed) {
		return nil
	}
	return g.cause
}

// Fail ends the connection for a reason that a reader above the guard found.
func (g *Guard) Fail(cause error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failLocked(cause)
}

// Tail returns the last bytes that were read, at most 512.
func (g *Guard) Tail() []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]byte(nil), g.tail...)
}

func (g *Guard) set(l Limits) {
	g.limits, g.left, g.until, g.heard = l, l.Bytes, time.Time{}, false
	if l.Total > 0 {
		g.until = time.Now().Add(l.Total)
	}
}

func (g *Guard) arm() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause != nil {
		return g.cause
	}
	_ = g.Conn.SetReadDeadline(g.deadline()) // fails on a closed connection, for which Read returns a better error
	return nil
}

func (g *Guard) deadline() time.Time {
	d := time.Now().Add(g.limits.Silence)
	for _, t := range []time.Time{g.until, g.end} {
		if !t.IsZero() && t.Before(d) {
			d = t
		}
	}
	return d
}

func (g *Guard) count(p []byte) {
	g.left -= int64(len(p))
	g.heard = g.heard || len(p) > 0
	if len(p) > tailSize {
		p = p[len(p)-tailSize:]
	}
	if g.tail == nil {
		g.tail = make([]byte, 0, tailSize)
	}
	if over := len(g.tail) + len(p) - tailSize; over > 0 {
		g.tail = append(g.tail[:0], g.tail[over:]...)
	}
	g.tail = append(g.tail, p...)
}

// readCause translates an error of the network.
func (g *Guard) readCause(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w for %s", ErrSilent, g.limits.Silence.Round(time.Second))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe):
		return ErrClosed
	}
	return err
}

func (g *Guard) failLocked(err error) error {
	if g.cause == nil {
		g.cause = err
		_ = g.raw.Close()
	}
	return g.cause
}
