//go:build linux

package scale

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"parcelwatch/test/rig"
)

// flow is mail that arrives steadily.
type flow struct {
	mu   sync.Mutex
	sent []sent
}

// sent is a mail that the mail server has taken.
type sent struct {
	home   string
	letter rig.Letter
}

// run delivers mail until ctx ends.
func (f *flow) run(ctx context.Context, w *world) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(w.dovecot.Port+2))
	if err != nil {
		return fmt.Errorf("deliver by LMTP: %w", err)
	}
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }()
	tick := time.NewTicker(w.size.every)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		one := sent{home: home(recipient(n, w.size.households)), letter: letter(n, time.Now())}
		to := user(one.home, n/w.size.households%boxes) + "@rig.test"
		if err := c.SendMail("shop@example.org", []string{to}, strings.NewReader(one.letter.Text())); err != nil {
			return fmt.Errorf("deliver by LMTP to %s: %w", to, err)
		}
		f.mu.Lock()
		f.sent = append(f.sent, one)
		f.mu.Unlock()
	}
}

// recipient returns which household gets the nth mail. Each gets one in turn, but those of
// one daemon, whose names are often alike, are spread over the turn.
func recipient(n, households int) int {
	const prime = 7919
	return n * prime % households
}

// all returns the mails that were taken so far.
func (f *flow) all() []sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]sent(nil), f.sent...)
}
