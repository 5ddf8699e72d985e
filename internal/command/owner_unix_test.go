//go:build !windows

package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const hostile = 4711 // the owner of the store's folder

// linkTrap is a store in a folder of a hostile account, and a file of root beside it.
type linkTrap struct {
	program, dir, store, config, backup, victim string
}

func newTrap(t *testing.T) linkTrap {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can be led to foreign files")
	}
	top, err := os.MkdirTemp("", "trap") //nolint:usetesting // TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(top) })
	tr := linkTrap{
		program: filepath.Join(top, "parcelwatch"), dir: filepath.Join(top, "state"), config: filepath.Join(top, "parcelwatch.toml"),
		backup: filepath.Join(top, "private", "copy.db"), victim: filepath.Join(top, "private", "shadow"),
	}
	tr.store = filepath.Join(tr.dir, "parcelwatch.db")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		os.Chmod(top, 0o755), os.Symlink(self, tr.program), os.Mkdir(tr.dir, 0o700), os.Chown(tr.dir, hostile, hostile),
		os.Mkdir(filepath.Dir(tr.victim), 0o700), os.WriteFile(tr.victim, []byte("root's own"), 0o600),
		os.WriteFile(tr.config, fmt.Appendf(nil, "language = \"en\"\n[store]\npath = %q\n", tr.store), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"add", "RB123456785CN"}, {"backup", tr.backup}} {
		if out, err := tr.run(t, args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return tr
}

func (tr linkTrap) run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tr.program, args...)
	cmd.Args[0] = "parcelwatch"
	cmd.Env = append(os.Environ(), "PARCELWATCH_CONFIG="+tr.config)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// unharmed checks that root's file is as it was and that nothing was made beside it.
func (tr linkTrap) unharmed(t *testing.T, after string) {
	t.Helper()
	text, err := os.ReadFile(tr.victim)
	info, serr := os.Lstat(tr.victim)
	if err != nil || serr != nil || string(text) != "root's own" || info.Mode() != 0o600 || uidOf(info) != 0 {
		t.Errorf("%s: root's file is %q, %v, %v", after, text, info, errors.Join(err, serr))
	}
	if _, err := os.Lstat(tr.victim + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: a file of root was made: %v", after, err)
	}
}

// Each file of the store is a link, for every command that opens, writes or deletes it.
func TestRootFollowsNoLinkInTheStoresFolder(t *testing.T) {
	t.Parallel()
	restore, add, purge := "restore", "add LA900000257CN", "forget --purge RB123456785CN"
	for suffix, commands := range map[string][]string{
		"": {restore, "list", add, purge}, "-wal": {restore, add, purge}, "-shm": {restore, add, purge}, ".lock": {restore, add, purge},
		".alive": {restore, "status"}, ".restoring": {restore}, ".schema-1.bak": {restore, purge}, ".before-restore": {restore, purge},
	} {
		t.Run("store"+suffix, func(t *testing.T) {
			t.Parallel()
			tr := newTrap(t)
			for _, target := range []string{tr.victim, tr.victim + ".new"} { // there, and dangling
				for _, command := range commands {
					args := strings.Fields(command)
					if command == restore {
						args = append(args, tr.backup)
					}
					_ = os.Remove(tr.store + suffix)
					if err := os.Symlink(target, tr.store+suffix); err != nil {
						t.Fatal(err)
					}
					out, err := tr.run(t, args...)
					tr.unharmed(t, fmt.Sprintf("%v with a link (%v, %s)", args, err, out))
				}
			}
		})
	}
}

// PARCELWATCH_LONG makes the race longer.
func TestRootWinsTheRaceForItsFiles(t *testing.T) {
	t.Parallel()
	length := time.Second
	if os.Getenv("PARCELWATCH_LONG") != "" {
		length = 10 * time.Second
	}
	tr := newTrap(t)
	var stop atomic.Bool
	done := make(chan struct{})
	go func() { // puts links where files are about to be written
		defer close(done)
		for !stop.Load() {
			for _, suffix := range []string{".restoring", ".lock"} {
				_ = os.Remove(tr.store + suffix)
				_ = os.Symlink(tr.victim, tr.store+suffix)
			}
		}
	}()
	for began := time.Now(); time.Since(began) < length; {
		_, _ = tr.run(t, "restore", tr.backup)
	}
	stop.Store(true)
	<-done
	tr.unharmed(t, "restore in a race")
}

func TestRootStillBacksUpAndRestores(t *testing.T) {
	t.Parallel()
	tr := newTrap(t)
	for _, args := range [][]string{{"forget", "RB123456785CN"}, {"restore", tr.backup}, {"show", "RB123456785CN"}} {
		if out, err := tr.run(t, args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	files, err := os.ReadDir(tr.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || uidOf(info) != hostile {
			t.Errorf("%s does not belong to the folder's owner: %v", f.Name(), err)
		}
	}
	if info, err := os.Stat(tr.backup); err != nil || uidOf(info) != 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup: %v, %v", info, err)
	}
}

func uidOf(info fs.FileInfo) uint32 {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1 << 31
	}
	return st.Uid
}
