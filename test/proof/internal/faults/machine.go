//go:build linux

package faults

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func machineFaults() []fault {
	return []fault{
		{
			part: "machine", name: "disk full", did: "the store's disk (a tmpfs) is filled to the last byte",
			setup: setup{disk: "8m"}, try: full,
		},
		{
			part: "machine", name: "read-only disk", did: "the store's disk is remounted read-only while the daemon is down, then it is started",
			quick: true, setup: setup{disk: "8m"}, try: readOnly,
		},
		{part: "machine", name: "failing disk", did: "every write fails with EIO (strace injects it into the running process)", try: failing},
		{
			part: "machine", name: "clock jumps forward", did: "by 6 hours (the clock is injected: built with -tags proof)",
			setup: setup{clock: true, digests: hourly}, try: forward,
		},
		{
			part: "machine", name: "clock jumps back", did: "by 6 hours, to just before a digest's time (injected clock)",
			setup: setup{clock: true, digests: hourly}, try: backward,
		},
		{
			part: "machine", name: "suspend", did: "SIGSTOP for 45 s, meanwhile the server forgets the connection; then SIGCONT",
			try: suspended,
		},
		{
			part: "machine", name: "out of file descriptors", did: "RLIMIT_NOFILE of the running process is set to what it has open", quick: true,
			try: exhausted,
		},
		{part: "machine", name: "database locked", did: "another process holds the write lock until that is noticed", try: locked},
		{
			part: "machine", name: "database corrupted", did: "the middle of the file is overwritten while the daemon is down; then restore of a backup",
			quick: true, try: corrupted,
		},
		{
			part: "machine", name: "database corrupted at work", did: "the same to file and log under the running daemon; then restore of a backup",
			try: scribbled,
		},
		{
			part: "machine", name: "configuration broken", did: "a faulty configuration and SIGHUP, then the right one", quick: true,
			try: misconfigured,
		},
	}
}

// refuses starts a daemon that ends by itself with a word about why.
func (b *bench) refuses(ctx context.Context, word string) {
	b.mark()
	b.do(func() error {
		if err := b.daemon.Start(ctx); err != nil {
			return err
		}
		select {
		case <-b.daemon.Exited():
			return nil
		case <-ctx.Done():
			return fmt.Errorf("%w: the daemon runs all the same", errWrong)
		}
	})
	lines := b.daemon.Journal.Since(b.from)
	if len(lines) == 0 {
		b.hold(false, "the daemon ends without a word")
		return
	}
	last := lines[len(lines)-1]
	b.saw(last.Text, last.At.Sub(b.since))
	b.hold(strings.Contains(b.outcome.seen, word), "it does not say %q", word)
}

func (b *bench) signal(s syscall.Signal) { b.do(func() error { return b.daemon.Signal(s) }) }

func suspended(ctx context.Context, b *bench) {
	b.start(ctx)
	b.signal(syscall.SIGSTOP)
	l := b.deliver(ctx, "at customs")
	b.pause(ctx, 45*time.Second)
	b.imap.Cut(true)
	b.since = time.Now()
	b.signal(syscall.SIGCONT)
	b.broken(ctx)
	b.recovered(ctx, l)
}

// exhausted: no further file or connection can be opened.
func exhausted(ctx context.Context, b *bench) {
	b.start(ctx)
	var usual unix.Rlimit
	b.do(func() error {
		pid := b.daemon.PID()
		if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &usual); err != nil {
			return err
		}
		open, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/fd")
		if err != nil {
			return err
		}
		b.imap.Cut(true) // its descriptor is free, but below the limit there is none
		b.mark()
		return unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(len(open) - 6), Max: usual.Max}, nil)
	})
	b.notice(ctx, `msg="mailbox state"`, "too many open files")
	l := b.deliver(ctx, "at customs")
	b.do(func() error { return unix.Prlimit(b.daemon.PID(), unix.RLIMIT_NOFILE, &usual, nil) })
	b.recovered(ctx, l)
}

// misconfigured: a configuration with a fault is named and not taken over.
func misconfigured(ctx context.Context, b *bench) {
	file := b.daemon.Site.Config
	b.start(ctx)
	var right []byte
	b.do(func() (err error) { right, err = os.ReadFile(file); return err })
	b.do(func() error { return os.WriteFile(file, append([]byte("languag = \"RU\"\n"), right...), 0o600) })
	b.signal(syscall.SIGHUP)
	b.notice(ctx, "not taken over")
	l := b.deliver(ctx, "at customs")
	b.known(ctx, l.Number) // it goes on by the old one
	b.do(func() error { return os.WriteFile(file, right, 0o600) })
	mended := time.Now()
	b.signal(syscall.SIGHUP)
	b.outcome.back = seconds(b.await(ctx, "configuration taken over").At.Sub(mended))
}
