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
		if err := b.scanWrites(ctx, p); err != nil {
			return err
		}
		if err := b.arrivalWrites(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// arrivalWrites counts what is written for mails that arrive one by one.
func (b *bench) arrivalWrites(ctx context.Context, p *program) error {
	user := p.name + "-arriving"
	before := tally{}
	all, err := b.traced(ctx, p, user, func(d *rig.Daemon, trace string) error {
		err := idle(ctx, d, 1)
		if err == nil {
			err = rig.Pause(ctx, 3*time.Second)
		}
		if before, err = tallied(trace, err); err != nil {
			return err
		}
		return b.arrive(ctx, d, user)
	})
	if err != nil {
		return err
	}
	p.wrote(all.less(before), b.size.arriving, mailSyncs, mailWrites, mailBytes)
	return nil
}

// arrive delivers the mails, each after the one before it is stored.
func (b *bench) arrive(ctx context.Context, d *rig.Daemon, user string) error {
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

// scanWrites counts what a first scan writes beyond what the same program writes in the same
// time beside an empty mailbox: the start and the heartbeats, which a slow machine has more of.
func (b *bench) scanWrites(ctx context.Context, p *program) error {
	var took time.Duration
	full, err := b.traced(ctx, p, scanned, func(d *rig.Daemon, _ string) error {
		begin := time.Now()
		_, err := count(ctx, d, 3*time.Minute, mailed, b.size.ours)
		took = time.Since(begin)
		return err
	})
	if err != nil {
		return err
	}
	empty, err := b.traced(ctx, p, p.name+"-empty", func(d *rig.Daemon, _ string) error {
		begin := time.Now()
		if err := idle(ctx, d, 1); err != nil {
			return err
		}
		return rig.Pause(ctx, took-time.Since(begin))
	})
	if err != nil {
		return err
	}
	p.wrote(full.less(empty), b.size.ours, scanSyncs, scanWrites, scanBytes)
	return nil
}

// traced runs a program under strace for as long as wait does and counts what it wrote.
func (b *bench) traced(ctx context.Context, p *program, user string, wait func(d *rig.Daemon, trace string) error) (t tally, err error) {
	d, err := b.daemon(ctx, p, user)
	if err != nil {
		return t, err
	}
	defer d.Close()
	trace := filepath.Join(d.Site.Dir, "trace")
	// With -D the process that is started is the program, not strace.
	d.Wrap = []string{"strace", "-D", "-f", "-qq", "-y", "--seccomp-bpf", "-e", "trace=fsync,fdatasync,pwrite64", "-o", trace}
	if err := d.Start(ctx); err != nil {
		return t, err
	}
	if t, err = tallied(trace, wait(d, trace)); err != nil {
		return t, err
	}
	_, err = d.Stop(10 * time.Second)
	return t, err
}

// wrote records what was written for each of so many mails.
func (p *program) wrote(t tally, mails int, syncs, writes, bytes string) {
	n := float64(mails)
	p.put(syncs, float64(t.syncs)/n)
	p.put(writes, float64(t.writes)/n)
	p.put(bytes, float64(t.bytes)/1024/n)
}

// tally is what was written to the store.
type tally struct{ syncs, writes, bytes int }

func (t tally) less(o tally) tally {
	return tally{t.syncs - o.syncs, t.writes - o.writes, t.bytes - o.bytes}
}

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
