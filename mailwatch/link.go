package mailwatch

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"parcelwatch/internal/netx"
)

// firstBudget is for what the server sends before the first step begins.
const firstBudget = 1 << 20

// link is the connection below the IMAP library, which waits forever for the first byte
// of a response and does not limit its size.
type link struct{ *netx.Guard }

func newLink(conn, raw net.Conn) link {
	return link{netx.NewGuard(conn, raw, netx.Limits{Silence: answerLimit, Bytes: firstBudget})}
}

// step sets the limits for the next operations and applies them to a Read in progress.
// With a total of zero only the silence is limited.
func (l link) step(silence, total time.Duration, budget int64) {
	l.Step(netx.Limits{Silence: silence, Total: total, Bytes: budget})
}

// failure returns the original cause with the server's last words, nil if the connection
// works or was closed locally.
func (l link) failure() error {
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
