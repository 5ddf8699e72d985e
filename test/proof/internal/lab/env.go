// Package lab is what every chapter of the proof is given: the built program, a
// folder and how thorough to be. It does not know what the chapters try.
package lab

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"parcelwatch/test/rig"
)

// Env is the environment of a chapter. It is safe for concurrent use.
type Env struct {
	Dir    string // of the whole run; other users of the system may enter it
	Daemon string // the program, built once
	Cage   Cage   // what daemons run in
	Quick  bool   // a few minutes in all, for CI
	Long   bool
	Then   string       // another build of the program to measure beside it; may be empty
	Only   string       // of the cases, those with this text in their name
	Log    *slog.Logger // progress
	Idling func()       // called by a chapter that only watches idle programs from then on; may be nil
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

// Need returns [rig.ErrNotHere] where a program is missing or root, which real
// servers and faults need.
func Need(programs ...string) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: it needs root", rig.ErrNotHere)
	}
	for _, name := range programs {
		_, err := exec.LookPath(name)
		if _, aside := os.Stat(filepath.Join("/usr/sbin", name)); err != nil && aside != nil {
			return fmt.Errorf("%w: it lacks %s (packages dovecot-imapd dovecot-lmtpd openssl strace)", rig.ErrNotHere, name)
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

// Version asks the program for its version.
func (e *Env) Version(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, e.Daemon, "version").Output()
	if err != nil {
		return "", fmt.Errorf("ask the program's version: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
