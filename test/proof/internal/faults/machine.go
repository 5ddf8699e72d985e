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

	"parcelwatch/test/rig"
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
func (b *bench) refuses(ctx context.Context, word string) error {
	from, since := b.daemon.Journal.Len(), time.Now()
	if err := b.daemon.Start(ctx); err != nil {
		return err
	}
	select {
	case <-b.daemon.Exited():
	case <-ctx.Done():
		return fmt.Errorf("%w: the daemon runs all the same", errWrong)
	}
	lines := b.daemon.Journal.Since(from)
	if len(lines) == 0 {
		return fmt.Errorf("%w: the daemon ends without a word", errWrong)
	}
	b.saw(lines[len(lines)-1].Text, lines[len(lines)-1].At.Sub(since))
	if !strings.Contains(b.outcome.seen, word) {
		return fmt.Errorf("%w: it does not say %q", errWrong, word)
	}
	return nil
}

func suspended(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	from := b.daemon.Journal.Len()
	if err := b.daemon.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	if err := rig.Pause(ctx, 45*time.Second); err != nil {
		return err
	}
	b.imap.Cut(true)
	since := time.Now()
	if err := b.daemon.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	if err := b.broken(ctx, from, since); err != nil {
		return err
	}
	return b.recovered(ctx, l)
}

// exhausted: no further file or connection can be opened.
func exhausted(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	pid := b.daemon.PID()
	var usual unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &usual); err != nil {
		return err
	}
	open, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/fd")
	if err != nil {
		return err
	}
	b.imap.Cut(true) // its descriptor is free, but below the limit there is none
	from, since := b.daemon.Journal.Len(), time.Now()
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(len(open) - 6), Max: usual.Max}, nil); err != nil {
		return err
	}
	if err := b.notice(ctx, from, since, `msg="mailbox state"`, "too many open files"); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &usual, nil); err != nil {
		return err
	}
	return b.recovered(ctx, l)
}

// misconfigured: a configuration with a fault is named and not taken over.
func misconfigured(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	right, err := os.ReadFile(b.daemon.Site.Config)
	if err != nil {
		return err
	}
	from, since := b.daemon.Journal.Len(), time.Now()
	if err := os.WriteFile(b.daemon.Site.Config, append([]byte("languag = \"RU\"\n"), right...), 0o600); err != nil {
		return err
	}
	if err := b.daemon.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	if err := b.notice(ctx, from, since, "not taken over"); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	if _, err := b.known(ctx, l.Number); err != nil { // it goes on by the old one
		return err
	}
	if err := os.WriteFile(b.daemon.Site.Config, right, 0o600); err != nil {
		return err
	}
	mended := time.Now()
	if err := b.daemon.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	line, err := b.daemon.Journal.Await(ctx, from, "configuration taken over")
	b.outcome.back = seconds(line.At.Sub(mended))
	return err
}
