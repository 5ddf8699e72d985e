// Package lab is what every chapter of the proof works with: the program built
// once, configurations for it, the real process with its log, a look at its
// store from outside, and the ends that can be told to misbehave: an SMTP server,
// posts, and a proxy in front of any server.
package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Env is what a chapter is given. It is safe for concurrent use.
type Env struct {
	Dir    string // of the whole run; other users of the system may enter it
	Daemon string // the program, built once
	Quick  bool   // a few minutes in all, for CI
	Long   bool
	Only   string        // of the cases, those with this text in their name
	Fuzz   time.Duration // of each fuzz target; the mode's where zero
	Log    *slog.Logger  // progress, for whoever waits
	Idling func()        // called by a chapter that only watches idle programs from here on; may be nil
}

// Mode is the name of how thorough the run is.
func (e *Env) Mode() string {
	switch {
	case e.Quick:
		return "quick"
	case e.Long:
		return "long"
	default:
		return "default"
	}
}

// Pick is the figure of the run's mode.
func (e *Env) Pick(quick, usual, long int) int {
	switch {
	case e.Quick:
		return quick
	case e.Long:
		return long
	default:
		return usual
	}
}

// ErrMissing means that the machine lacks something to try this with.
var ErrMissing = errors.New("missing here")

// Need says in words what of the programs is not there, and that real servers
// want root.
func Need(programs ...string) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("root is %w: the servers and the faults need it", ErrMissing)
	}
	for _, name := range programs {
		_, err := exec.LookPath(name)
		if _, aside := os.Stat(filepath.Join("/usr/sbin", name)); err != nil && aside != nil {
			return fmt.Errorf("%s is %w: install Debian's dovecot-imapd dovecot-lmtpd openssl strace", name, ErrMissing)
		}
	}
	return nil
}

// Folder makes a folder of its own for a part of the run.
func (e *Env) Folder(name string) (string, error) {
	dir, err := os.MkdirTemp(e.Dir, name+"-")
	if err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	return dir, nil
}

// Build builds the program into the run's folder, with build tags where there
// are any, and returns its path.
func (e *Env) Build(ctx context.Context, tags string) (string, error) {
	file := filepath.Join(e.Dir, "parcelwatch"+tags)
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-o", file, "parcelwatch/cmd/daemon")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return file, nil
}

// Version is the program's, as it says itself.
func (e *Env) Version(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, e.Daemon, "version").Output()
	if err != nil {
		return "", fmt.Errorf("ask the program's version: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// ErrStillWaiting means that something did not happen in time.
var ErrStillWaiting = errors.New("still waiting")

// Until repeats look until it is true and returns how long that took, or an
// error that names what was waited for.
func Until(ctx context.Context, limit time.Duration, what string, look func() bool) (time.Duration, error) {
	began := time.Now()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !look() {
		if time.Since(began) > limit {
			return limit, fmt.Errorf("%w after %s: %s", ErrStillWaiting, limit, what)
		}
		select {
		case <-ctx.Done():
			return time.Since(began), ctx.Err()
		case <-ticker.C:
		}
	}
	return time.Since(began), nil
}

// Pause waits, unless ctx ends first.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
