package mailwatch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch/internal/wire"
)

// firstBudget is for what the server sends before the first step begins.
const firstBudget = 1 << 20

// link is the connection below the IMAP library, which waits forever for the first byte
// of a response and limits neither its size nor its depth. In a session, one goroutine
// begins the steps and the library's reads.
type link struct {
	*netx.Guard
	mender *wire.Mender
	words  *wire.Reader
	budget *Budget
	ending chan struct{} // closed when the connection is to end
	end    func()
	alerted
	free func() // gives back the turn of a large answer; guarded by the budget
}

// newLink returns a link. first is what the server is taken to have said already.
func newLink(conn, raw net.Conn, first string, budget *Budget) *link {
	l := &link{
		Guard:  netx.NewGuard(conn, raw, netx.Limits{Silence: answerLimit, Bytes: firstBudget}),
		budget: budget, ending: make(chan struct{}),
	}
	l.end = sync.OnceFunc(func() { close(l.ending) })
	l.mender = wire.NewMender(io.MultiReader(strings.NewReader(first), l.Guard), &budget.windows)
	l.mender.Alert = l.hear
	l.words = wire.New(l.mender, &budget.windows)
	l.words.Large = func() error { return budget.large(l) }
	return l
}

// alerted collects what the server wants people to read.
type alerted struct {
	mu    sync.Mutex
	texts []string
}

func (a *alerted) hear(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if text = oneLine(text); len(a.texts) < maxTold && !slices.Contains(a.texts, text) {
		a.texts = append(a.texts, text)
	}
}

// alerts returns what was said since the last call.
func (a *alerted) alerts() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.texts
	a.texts = nil
	return out
}

// Read reads what the library may parse.
func (l *link) Read(p []byte) (int, error) {
	n, err := l.words.Read(p)
	if errors.Is(err, wire.ErrBounds) {
		err = l.Fail(fmt.Errorf("%w: %w", netx.ErrTooMuch, err))
	}
	return n, err
}

// Close closes the connection at once.
func (l *link) Close() error {
	l.end()
	l.budget.done(l)
	return l.Guard.Close()
}

// hurry makes all operations end within d, after a stop was requested.
func (l *link) hurry(d time.Duration) {
	l.end()
	l.Hurry(d)
}

// step sets the limits for the next operations and applies them to a Read in progress.
// With a total of zero only the silence is limited.
func (l *link) step(silence, total time.Duration, budget int64) {
	l.budget.done(l)
	l.Step(netx.Limits{Silence: silence, Total: total, Bytes: budget})
}

// failure returns the original cause with the server's last words, nil if the connection
// works or was closed locally.
func (l *link) failure() error {
	err := l.Failure()
	if !errors.Is(err, netx.ErrClosed) {
		return err
	}
	if bye := bye(l.Tail()); bye != "" {
		return fmt.Errorf("%w: %s", netx.ErrClosed, bye)
	}
	return err
}

// bye returns the reason from the last line before the end, which the library reads and
// drops.
func bye(tail []byte) string {
	lines := bytes.Split(bytes.TrimSpace(tail), []byte("\n"))
	for _, line := range lines[max(0, len(lines)-2):] {
		if len(line) > 6 && strings.EqualFold(string(line[:6]), "* BYE ") {
			return oneLine(string(line[6:]))
		}
	}
	return ""
}
