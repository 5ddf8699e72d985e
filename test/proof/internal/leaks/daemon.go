package leaks

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

const (
	// mailboxes share the drops: each waits by itself before it connects again,
	// and longer each time where a connection does not last.
	mailboxes = 25
	longest   = 6 * time.Minute
)

// watcher is the real daemon on a real Dovecot with several mailboxes.
type watcher struct {
	server *rig.Dovecot
	sink   *rig.Sink
	daemon *rig.Daemon
	cell   lab.Cell
}

func (w *watcher) close(ctx context.Context) {
	if w.daemon != nil {
		w.daemon.Close()
	}
	w.cell.Close()
	if w.sink != nil {
		w.sink.Close()
	}
	if w.server != nil {
		_ = w.server.Down(context.WithoutCancel(ctx))
	}
}

// start returns once every mailbox is watched. All are folders of one account.
func (w *watcher) start(ctx context.Context, env *lab.Env) error {
	dir, err := env.Folder("leaks")
	if err != nil {
		return err
	}
	if w.server, err = rig.NewDovecot(ctx, filepath.Join(dir, "dovecot")); err != nil {
		return err
	}
	if err := w.server.Up(ctx, ""); err != nil {
		return err
	}
	if w.sink, err = rig.OpenSink(ctx); err != nil {
		return err
	}
	c := rig.Config{Dir: dir, SMTP: w.sink.Addr}
	for i := range mailboxes {
		m := w.server.Alice(w.server.Port + 1)
		m.Name = "box" + strconv.Itoa(i)
		c.Mailboxes = append(c.Mailboxes, m)
	}
	site, err := c.Write()
	if err != nil {
		return err
	}
	w.daemon = rig.NewDaemon(env.Daemon, site)
	if w.cell, err = env.Cage.Confine(w.daemon); err != nil {
		return err
	}
	if err := w.daemon.Start(ctx); err != nil {
		return err
	}
	return w.watched(ctx, 0)
}

// watched waits until every mailbox has come to IDLE after a place in the log.
func (w *watcher) watched(ctx context.Context, from int) error {
	_, err := rig.Until(ctx, longest, "every mailbox is watched", func() bool {
		seen := map[string]bool{}
		for _, l := range w.daemon.Journal.Since(from) {
			if name, ok := mailboxIn(l.Text); ok && strings.Contains(l.Text, "state=idle") {
				seen[name] = true
			}
		}
		return len(seen) == mailboxes
	})
	if err != nil {
		return fmt.Errorf("%w; the daemon's last words: %s", err, w.daemon.Journal.Tail(3))
	}
	return nil
}

func mailboxIn(line string) (string, bool) {
	_, rest, ok := strings.Cut(line, " mailbox=")
	name, _, _ := strings.Cut(rest, " ")
	return name, ok
}

// drop makes the server end every connection, and waits until all are back.
func (w *watcher) drop(ctx context.Context) error {
	from := w.daemon.Journal.Len()
	out, err := exec.CommandContext(ctx, "doveadm", "-c", filepath.Join(w.server.Dir, "dovecot.conf"), "kick", "alice").CombinedOutput()
	if err != nil {
		return fmt.Errorf("drop the connections: %w: %s", err, out)
	}
	return w.watched(ctx, from)
}

// reload makes the daemon read its configuration again, and waits until all is
// as before.
func (w *watcher) reload(ctx context.Context) error {
	from := w.daemon.Journal.Len()
	if err := w.daemon.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	return w.watched(ctx, from)
}

// held is what the daemon has open now: how many, and of what kinds.
type held struct {
	files int
	kinds map[string]int
}

// ofStore is the kind of the store's files.
const ofStore = "of the store"

// String names the kinds.
func (h held) String() string {
	var kinds []string
	for _, k := range slices.Sorted(maps.Keys(h.kinds)) {
		kinds = append(kinds, fmt.Sprintf("%d %s", h.kinds[k], k))
	}
	return fmt.Sprintf("%d: %s", h.files, strings.Join(kinds, ", "))
}

// leaky is how many of them nothing bounds. The store's readers open its files
// when two look at the same moment, and there are never more than a few readers.
func (h held) leaky() int { return h.files - h.kinds[ofStore] }

// holds looks at the open files of a process.
func holds(pid int) (held, error) {
	h := held{kinds: map[string]int{}}
	dir := filepath.Join("/proc", strconv.Itoa(pid), "fd")
	list, err := os.ReadDir(dir)
	if err != nil {
		return h, fmt.Errorf("open files: %w", err)
	}
	for _, f := range list {
		to, err := os.Readlink(filepath.Join(dir, f.Name()))
		if err != nil {
			continue // closed while we look
		}
		h.files++
		h.kinds[kind(to)]++
	}
	return h, nil
}

func kind(to string) string {
	if name, _, ok := strings.Cut(to, ":"); ok {
		return name
	}
	if ext := filepath.Ext(to); ext == ".db" || strings.HasPrefix(ext, ".db-") {
		return ofStore
	}
	return "file"
}
