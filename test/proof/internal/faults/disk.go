//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"parcelwatch/test/rig"
)

// mount gives the store a disk of its own.
func (b *bench) mount(ctx context.Context, dir, size string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := command(ctx, "mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir); err != nil {
		return err
	}
	b.later(func() { _ = command(context.WithoutCancel(ctx), "umount", "-l", dir) })
	return nil
}

func command(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// held is a fault that keeps mail from being recorded, mended once that was
// said.
func (b *bench) held(ctx context.Context, begin, mend func() error, words ...string) {
	b.start(ctx)
	b.do(begin)
	l := b.deliver(ctx, "at customs")
	b.notice(ctx, words...)
	b.do(mend)
	b.recovered(ctx, l)
}

func full(ctx context.Context, b *bench) {
	filler := filepath.Join(b.dir, "disk", "filler")
	b.held(ctx, func() error {
		f, err := os.Create(filepath.Clean(filler))
		if err != nil {
			return err
		}
		_, err = io.Copy(f, zeros{})
		if cerr := f.Close(); !errors.Is(err, unix.ENOSPC) {
			return errors.Join(fmt.Errorf("%w: the disk does not get full", errWrong), err, cerr)
		}
		return nil
	}, func() error { return os.Remove(filler) }, "state=broken")
}

type zeros struct{}

// Read reads zeros for ever.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// readOnly: a store that cannot be written is refused in words; Linux lets no
// disk become read-only under a file that is open for writing.
func readOnly(ctx context.Context, b *bench) {
	disk := filepath.Join(b.dir, "disk")
	b.start(ctx)
	b.stop()
	b.do(func() error { return command(ctx, "mount", "-o", "remount,ro", disk) })
	b.refuses(ctx, "read-only")
	l := b.deliver(ctx, "at customs")
	back := time.Now()
	b.do(func() error { return command(ctx, "mount", "-o", "remount,rw", disk) })
	b.start(ctx)
	b.known(ctx, l.Number)
	b.outcome.back = seconds(time.Since(back)) + ", started anew"
}

// failing: every write to the disk fails, as from a dying one.
func failing(ctx context.Context, b *bench) {
	var trace *exec.Cmd
	b.held(ctx, func() error {
		trace = exec.CommandContext(context.WithoutCancel(ctx), "strace", "-f", "-qq", "-o", "/dev/null",
			"-e", "trace=pwrite64", "-e", "inject=pwrite64:error=EIO", "-p", strconv.Itoa(b.daemon.PID()))
		if err := trace.Start(); err != nil {
			return err
		}
		b.later(func() { _ = trace.Process.Kill() })
		_, err := rig.Until(ctx, 10*time.Second, "strace holds the daemon", func() bool {
			text, err := os.ReadFile("/proc/" + strconv.Itoa(b.daemon.PID()) + "/status")
			return err == nil && !strings.Contains(string(text), "TracerPid:\t0\n")
		})
		return err
	}, func() error {
		if err := trace.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		_ = trace.Wait() // it ends with the signal
		return nil
	}, "state=broken")
}

// locked: another process holds the store.
func locked(ctx context.Context, b *bench) {
	var release func() error
	b.held(ctx, func() (err error) {
		release, err = rig.LockStore(ctx, b.daemon.Site.Store)
		return err
	}, func() error { return release() }, "held by another program")
}

// restored brings back a backup and waits for a mail that is not in it but still
// in the mailbox.
func (b *bench) restored(ctx context.Context, backup, number string) {
	back := time.Now()
	b.command(ctx, "restore", backup)
	b.start(ctx)
	b.known(ctx, number)
	b.outcome.back = seconds(time.Since(back)) + " by restore"
}

// corrupted: a damaged store is refused in words, and a backup brings everything
// back, since mail is still in the mailbox.
func corrupted(ctx context.Context, b *bench) {
	backup := filepath.Join(b.dir, "backup.db")
	b.start(ctx)
	b.command(ctx, "backup", backup)
	l := b.deliver(ctx, "at customs") // after the backup
	b.known(ctx, l.Number)
	b.stop()
	b.do(func() error { return scribble(b.daemon.Site.Store) })
	b.refuses(ctx, "damaged")
	b.restored(ctx, backup, l.Number)
}

// scribbled: the store is damaged under the running daemon, which says so and
// takes in no mail until a backup is restored.
func scribbled(ctx context.Context, b *bench) {
	backup := filepath.Join(b.dir, "backup.db")
	b.start(ctx)
	b.command(ctx, "backup", backup)
	b.release()
	b.mark()
	b.do(func() error { return errors.Join(scribble(b.daemon.Site.Store), scribble(b.daemon.Site.Store+"-wal")) })
	l := b.deliver(ctx, "at customs")
	b.notice(ctx, "state=broken", "damaged")
	b.stop()
	b.restored(ctx, backup, l.Number)
}

// scribble overwrites the middle of a file, all but its first page.
func scribble(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Clean(file), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	junk := make([]byte, max(0, info.Size()-4096))
	for i := range junk {
		junk[i] = byte(i*7 + 13)
	}
	_, err = f.WriteAt(junk, 4096)
	return errors.Join(err, f.Close())
}
