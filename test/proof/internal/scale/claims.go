//go:build linux

package scale

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"parcelwatch/test/rig"
)

// holders returns how many households each living node has, by its name.
func (w *world) holders(ctx context.Context) (map[string]int, error) {
	rows, err := w.db.Query(ctx,
		`SELECT d.name, (SELECT count(*) FROM claim WHERE node = n.id) FROM node n JOIN daemon d ON d.node = n.id WHERE n.until > clock_timestamp()`)
	if err != nil {
		return nil, fmt.Errorf("look at the claims: %w", err)
	}
	type holder struct {
		Name  string
		Count int
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[holder])
	out := map[string]int{}
	for _, h := range all {
		out[h.Name] += h.Count
	}
	return out, err
}

// held returns the households of a daemon.
func (w *world) held(ctx context.Context, d *rig.Daemon) ([]string, error) {
	rows, err := w.db.Query(ctx, `SELECT c.home FROM claim c JOIN daemon d ON d.node = c.node WHERE d.name = $1`, nodeName(d))
	if err != nil {
		return nil, fmt.Errorf("look at the claims: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// nodeName is how a daemon calls itself.
func nodeName(d *rig.Daemon) string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s:%d", host, d.PID())
}

// fair reports whether so many daemons hold all households and none has more than one above
// another.
func fair(holders map[string]int, daemons, households int) bool {
	all, least, most := 0, households, 0
	for _, n := range holders {
		all, least, most = all+n, min(least, n), max(most, n)
	}
	return len(holders) == daemons && all == households && most-least <= 1
}

// settled waits until all daemons share all households and every mailbox is watched over
// exactly one connection.
func (w *world) settled(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	var last string
	_, err := rig.Until(ctx, most, "each household has one daemon, each mailbox one connection", func() bool {
		holders, err := w.holders(ctx)
		if err != nil || !fair(holders, daemons, w.size.households) {
			last = fmt.Sprintf("%v, %v", holders, err)
			return false
		}
		_ = rig.Pause(ctx, 300*time.Millisecond) // asking the mail server takes a while
		sessions, err := w.sessions(ctx)
		once := 0
		for _, n := range sessions {
			if n == 1 {
				once++
			}
		}
		last = fmt.Sprintf("%d mailboxes have a connection, %d of them one, %v", len(sessions), once, err)
		return err == nil && once == w.size.mailboxes() && len(sessions) == once
	})
	if err != nil {
		return 0, fmt.Errorf("%w; last seen: %s", err, last)
	}
	return time.Since(began), nil
}

// sessions returns how many connections each mailbox has, as the mail server says.
func (w *world) sessions(ctx context.Context) (map[string]int, error) {
	out, err := exec.CommandContext(ctx, "doveadm", "-c", filepath.Join(w.dovecot.Dir, "dovecot.conf"), "who").Output()
	if err != nil {
		return nil, fmt.Errorf("ask for the connections: %w", err)
	}
	return who(string(out)), nil
}

// who reads the table of connections.
func who(text string) map[string]int {
	out := map[string]int{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[2] != "imap" {
			continue
		}
		if n, err := strconv.Atoi(fields[1]); err == nil {
			name, _, _ := strings.Cut(fields[0], "@")
			out[name] += n
		}
	}
	return out
}

// watch looks at the claims all the time.
type watch struct {
	mu      sync.Mutex
	looks   int
	since   time.Time     // when some household had no living daemon first, zero if all have
	longest time.Duration // of that, since the last reset
}

// run looks until ctx ends. While the database is away, nobody can tell.
func (h *watch) run(ctx context.Context, w *world) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		held, err := w.count(ctx, `SELECT count(*) FROM claim c JOIN node n ON n.id = c.node WHERE n.until > clock_timestamp()`)
		if err == nil {
			h.saw(held == w.size.households, time.Now())
		}
	}
}

func (h *watch) saw(all bool, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looks++
	switch {
	case all:
		h.since = time.Time{}
	case h.since.IsZero():
		h.since = now
	}
	if !h.since.IsZero() {
		h.longest = max(h.longest, now.Sub(h.since))
	}
}

// reset returns the longest time so far that some household had no daemon, and begins
// anew.
func (h *watch) reset() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.longest
	h.longest = 0
	return out
}
