package mailwatch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// ErrSilent means that the server did not answer in time.
var ErrSilent = errors.New("no answer")

// ErrTooMuch means that the server sent more than the limit for a step.
var ErrTooMuch = errors.New("the server sent far more than was asked for")

// ErrClosed means that the server closed the connection.
var ErrClosed = errors.New("the server closed the connection")

const (
	writeLimit = 20 * time.Second
	tailSize   = 512 // enough for a BYE line
)

// guard wraps the connection below the IMAP library. The library waits forever for the
// first byte of a response and does not limit its size. The guard limits each silence,
// the duration of a step and its bytes, and keeps the cause of a failure, which the
// library reduces to text.
type guard struct {
	net.Conn          // for reading and writing: the TLS connection if TLS is implicit
	raw      net.Conn // for closing: closing TLS would wait for a dead peer

	mu      sync.Mutex
	silence time.Duration
	until   time.Time // end of the step; zero for none
	end     time.Time // end of everything; zero for none
	budget  int64
	tail    []byte
	cause   error
}

func newGuard(conn, raw net.Conn) *guard {
	return &guard{Conn: conn, raw: raw, silence: writeLimit, budget: 1 << 20}
}

// Read reads within the limits.
func (g *guard) Read(p []byte) (int, error) {
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
	case err == nil && g.budget < 0:
		return 0, g.failLocked(ErrTooMuch)
	case err != nil:
		return n, g.failLocked(g.readCause(err))
	}
	return n, nil
}

// Write writes within the limits.
func (g *guard) Write(p []byte) (int, error) {
	g.mu.Lock()
	if g.cause != nil {
		defer g.mu.Unlock()
		return 0, g.cause
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
func (g *guard) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == nil {
		g.cause = net.ErrClosed
	}
	return g.raw.Close()
}

// SetDeadline does nothing: the guard's limits apply, not the library's.
func (g *guard) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing, like SetDeadline.
func (g *guard) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing, like SetDeadline.
func (g *guard) SetWriteDeadline(time.Time) error { return nil }

// step sets the limits for the next operations and applies them to a Read in progress.
// With a total of zero only the silence is limited.
func (g *guard) step(silence, total time.Duration, budget int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.silence, g.budget, g.until = silence, budget, time.Time{}
	if total > 0 {
		g.until = time.Now().Add(total)
	}
	_ = g.Conn.SetReadDeadline(g.deadline())
}

// hurry makes all operations end within d, after a stop was requested.
func (g *guard) hurry(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.end.IsZero() {
		return
	}
	g.end = time.Now().Add(d)
	_ = g.Conn.SetReadDeadline(g.deadline())
	_ = g.Conn.SetWriteDeadline(g.end)
}

// failure returns the original cause, nil if the connection works or was closed locally.
func (g *guard) failure() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if errors.Is(g.cause, net.ErrClosed) {
		return nil
	}
	return g.cause
}

func (g *guard) arm() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause != nil {
		return g.cause
	}
	_ = g.Conn.SetReadDeadline(g.deadline()) // fails on a closed connection, for which Read returns a better error
	return nil
}

func (g *guard) deadline() time.Time {
	d := time.Now().Add(g.silence)
	for _, t := range []time.Time{g.until, g.end} {
		if !t.IsZero() && t.Before(d) {
			d = t
		}
	}
	return d
}

func (g *guard) count(p []byte) {
	n := int64(len(p))
	g.budget -= n
	if len(p) > tailSize {
		p = p[len(p)-tailSize:]
	}
	g.tail = append(g.tail, p...)
	if over := len(g.tail) - tailSize; over > 0 {
		g.tail = append(g.tail[:0], g.tail[over:]...)
	}
}

// readCause translates an error of the network.
func (g *guard) readCause(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w for %s", ErrSilent, g.silence.Round(time.Second))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe):
		if bye := g.bye(); bye != "" {
			return fmt.Errorf("%w: %s", ErrClosed, bye)
		}
		return ErrClosed
	}
	return err
}

// bye returns the reason from the last line before the end, which the library reads and
// drops.
func (g *guard) bye() string {
	lines := bytes.Split(bytes.TrimSpace(g.tail), []byte("\n"))
	for _, line := range lines[max(0, len(lines)-2):] {
		if len(line) > 6 && strings.EqualFold(string(line[:6]), "* BYE ") {
			return oneLine(string(line[6:]))
		}
	}
	return ""
}

func (g *guard) failLocked(err error) error {
	if g.cause == nil {
		g.cause = err
		_ = g.raw.Close()
	}
	return g.cause
}
