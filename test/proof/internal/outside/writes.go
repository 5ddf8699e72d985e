//go:build linux

package outside

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parcelwatch/test/rig"
)

// writes counts what programs write to the store: for each mail of a scan, and for each
// of mails that arrive one by one.
func (b *bench) writes(ctx context.Context, programs []*program) error {
	for _, p := range programs {
		if err := b.traced(ctx, p, written{scanned, b.size.ours, scanSyncs, scanWrites, scanBytes}, nil); err != nil {
			return err
		}
		user := p.name + "-arriving"
		arrive := func(d *rig.Daemon) error {
			for i := range b.size.arriving {
				l := rig.Letter{Number: rig.Number(i, "CN"), Order: rig.Order(i), Step: "package shipped", Sent: time.Now(), Copy: i}
				if _, err := b.server.Send(ctx, user, l.Text()); err != nil {
					return err
				}
				if _, err := count(ctx, d, 30*time.Second, mailed, i+1); err != nil {
					return err
				}
				if err := rig.Pause(ctx, time.Second); err != nil { // what follows a mail is counted with it
					return err
				}
			}
			return nil
		}
		if err := b.traced(ctx, p, written{user, b.size.arriving, mailSyncs, mailWrites, mailBytes}, arrive); err != nil {
			return err
		}
	}
	return nil
}

// written is whose mails are counted, how many, and under which names.
type written struct {
	user                 string
	mails                int
	syncs, writes, bytes string
}

// traced runs a program under strace until the mails are stored and records what it wrote
// for each of them, from the moment it watches the mailbox if arrive delivers them.
func (b *bench) traced(ctx context.Context, p *program, w written, arrive func(*rig.Daemon) error) error {
	d, err := b.daemon(ctx, p, w.user)
	if err != nil {
		return err
	}
	defer d.Close()
	trace := filepath.Join(d.Site.Dir, "trace")
	// With -D the process that is started is the program, not strace.
	d.Wrap = []string{"strace", "-D", "-f", "-qq", "-y", "--seccomp-bpf", "-e", "trace=fsync,fdatasync,pwrite64", "-o", trace}
	if err := d.Start(ctx); err != nil {
		return err
	}
	before := tally{}
	if arrive == nil {
		_, err = count(ctx, d, 3*time.Minute, mailed, w.mails)
	} else {
		if err = idle(ctx, d, 1); err == nil {
			err = rig.Pause(ctx, 3*time.Second)
		}
		if before, err = tallied(trace, err); err == nil {
			err = arrive(d)
		}
	}
	t, err := tallied(trace, err)
	if err != nil {
		return err
	}
	n := float64(w.mails)
	p.put(w.syncs, float64(t.syncs-before.syncs)/n)
	p.put(w.writes, float64(t.writes-before.writes)/n)
	p.put(w.bytes, float64(t.bytes-before.bytes)/1024/n)
	_, err = d.Stop(10 * time.Second)
	return err
}

// tally is what was written to the store.
type tally struct{ syncs, writes, bytes int }

// traceLine is a line of strace: the call and what it returned.
var traceLine = regexp.MustCompile(`^\d+ +(fsync|fdatasync|pwrite64)\(\d+<[^>]*>.*= (\d+)$`)

// tallied counts what a trace says of the store's files. Calls that strace shows in two
// pieces are joined first.
func tallied(file string, earlier error) (t tally, err error) {
	if earlier != nil {
		return t, earlier
	}
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return t, fmt.Errorf("read a trace: %w", err)
	}
	defer func() { _ = f.Close() }()
	open := map[string]string{} // by thread
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text := lines.Text()
		thread, _, _ := strings.Cut(text, " ")
		if head, ok := strings.CutSuffix(text, " <unfinished ...>"); ok {
			open[thread] = head
			continue
		}
		if _, rest, ok := strings.Cut(text, " resumed>"); ok {
			text = open[thread] + rest
		}
		t.add(text)
	}
	return t, lines.Err()
}

func (t *tally) add(text string) {
	m := traceLine.FindStringSubmatch(text)
	if m == nil {
		return
	}
	if m[1] != "pwrite64" {
		t.syncs++
		return
	}
	n, _ := strconv.Atoi(m[2])
	t.writes++
	t.bytes += n
}
