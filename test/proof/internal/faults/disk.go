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
func (b *bench) held(ctx context.Context, begin, mend func() error, words ...string) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	from, since := b.daemon.Journal.Len(), time.Now()
	if err := begin(); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, noticeLimit)
	defer cancel()
	if err := b.notice(limited, from, since, words...); err != nil {
		return err
	}
	if err := mend(); err != nil {
		return err
	}
	return b.recovered(ctx, l)
}

func full(ctx context.Context, b *bench) error {
	filler := filepath.Join(b.dir, "disk", "filler")
	return b.held(ctx, func() error {
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
func readOnly(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	if _, err := b.daemon.Stop(5 * time.Second); err != nil {
		return err
	}
	b.store.Close()
	b.store = nil
	disk := filepath.Join(b.dir, "disk")
	if err := command(ctx, "mount", "-o", "remount,ro", disk); err != nil {
		return err
	}
	if err := b.refuses(ctx, "read-only"); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	back := time.Now()
	if err := command(ctx, "mount", "-o", "remount,rw", disk); err != nil {
		return err
	}
	if err := b.start(ctx); err != nil {
		return err
	}
	_, err = b.known(ctx, l.Number)
	b.outcome.back = seconds(time.Since(back)) + ", started anew"
	return err
}

// failing: every write to the disk fails, as from a dying one.
func failing(ctx context.Context, b *bench) error {
	var trace *exec.Cmd
	return b.held(ctx, func() error {
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
func locked(ctx context.Context, b *bench) error {
	var release func() error
	return b.held(ctx, func() (err error) {
		release, err = rig.LockStore(ctx, b.daemon.Site.Store)
		return err
	}, func() error { return release() }, "held by another program")
}

// corrupted: a damaged store is refused in words, and a backup brings everything
// back, since mail is still in the mailbox.
func corrupted(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	backup := filepath.Join(b.dir, "backup.db")
	if _, err := b.daemon.Command(ctx, "backup", backup); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs") // after the backup
	if err != nil {
		return err
	}
	if _, err := b.known(ctx, l.Number); err != nil {
		return err
	}
	if _, err := b.daemon.Stop(5 * time.Second); err != nil {
		return err
	}
	b.store.Close()
	if err := scribble(b.daemon.Site.Store); err != nil {
		return err
	}
	if err := b.refuses(ctx, "damaged"); err != nil {
		return err
	}
	back := time.Now()
	if _, err := b.daemon.Command(ctx, "restore", backup); err != nil {
		return err
	}
	b.store = nil
	if err := b.start(ctx); err != nil {
		return err
	}
	_, err = b.known(ctx, l.Number)
	b.outcome.back = seconds(time.Since(back)) + " by restore"
	return err
}

// scribbled: the store is damaged under the running daemon, which says so and
// takes in no mail until a backup is restored.
func scribbled(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	backup := filepath.Join(b.dir, "backup.db")
	if _, err := b.daemon.Command(ctx, "backup", backup); err != nil {
		return err
	}
	b.store.Close()
	b.store = nil
	from, since := b.daemon.Journal.Len(), time.Now()
	if err := errors.Join(scribble(b.daemon.Site.Store), scribble(b.daemon.Site.Store+"-wal")); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, noticeLimit)
	defer cancel()
	if err := b.notice(limited, from, since, "state=broken", "damaged"); err != nil {
		return err
	}
	if _, err := b.daemon.Stop(5 * time.Second); err != nil {
		return err
	}
	back := time.Now()
	if _, err := b.daemon.Command(ctx, "restore", backup); err != nil {
		return err
	}
	if err := b.start(ctx); err != nil {
		return err
	}
	_, err = b.known(ctx, l.Number)
	b.outcome.back = seconds(time.Since(back)) + " by restore"
	return err
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
