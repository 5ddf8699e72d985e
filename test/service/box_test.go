package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/test/rig"
)

// patience is for what the program promises no time for.
const patience = 30 * time.Second

// built is the folder of the packages, by version.
var built string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "parcelwatch-packages-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	built = dir
	return m.Run()
}

// box is a machine of its own.
type box struct {
	root string // its file system, seen from outside
	name string
}

// startBox boots a fresh machine with systemd, or skips the test where this one
// cannot.
func startBox(t *testing.T) *box {
	t.Helper()
	return startBoxWith(t, "systemd")
}

// startBoxWith boots one with another init.
func startBoxWith(t *testing.T, init string) *box {
	t.Helper()
	rig.Need(t)
	if os.Geteuid() != 0 {
		t.Skip("needs root for systemd-nspawn")
	}
	for _, tool := range []string{"debootstrap", "systemd-nspawn", "nsenter", "dpkg-deb"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s (packages debootstrap systemd-container)", tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(cache, "parcelwatch-ci", "bookworm-"+init)
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := script(t, "box.sh", "make", base, init); err != nil {
		t.Skipf("no Debian tree can be made here: %s", out)
	}
	dir, err := os.MkdirTemp("", "parcelwatch-box-") //nolint:usetesting // TempDir lets nobody else in
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	b := &box{root: filepath.Join(dir, "root"), name: filepath.Base(dir)}
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", "--reflink=auto", base, b.root).CombinedOutput(); err != nil {
		t.Fatalf("copy the tree: %v\n%s", err, out)
	}
	if out, err := script(t, "box.sh", "start", b.root, b.name); err != nil {
		t.Skipf("%s does not run in a container here: %s", init, out)
	}
	t.Cleanup(func() {
		if t.Failed() && init == "systemd" {
			t.Logf("the journal:\n%s", b.try(t, "journalctl", "-u", "parcelwatch", "--no-pager", "-n", "60"))
		}
		b.stop(t)
	})
	return b
}

func (b *box) start(t *testing.T) {
	t.Helper()
	if out, err := script(t, "box.sh", "start", b.root, b.name); err != nil {
		t.Fatal(out)
	}
}

func (b *box) stop(t *testing.T) {
	t.Helper()
	if out, err := script(t, "box.sh", "stop", b.name); err != nil {
		t.Error(out)
	}
}

// run is a command inside that must succeed, and what it said.
func (b *box) run(t *testing.T, command ...string) string {
	t.Helper()
	out, err := script(t, "box.sh", append([]string{"run", b.name}, command...)...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return out
}

// try is a command inside that may fail.
func (b *box) try(t *testing.T, command ...string) string {
	t.Helper()
	out, _ := script(t, "box.sh", append([]string{"run", b.name}, command...)...)
	return out
}

// refused is a command inside that must fail.
func (b *box) refused(t *testing.T, command ...string) string {
	t.Helper()
	out, err := script(t, "box.sh", append([]string{"run", b.name}, command...)...)
	if err == nil {
		t.Fatalf("%s succeeds:\n%s", strings.Join(command, " "), out)
	}
	return out
}

// put writes a file inside that only root may read.
func (b *box) put(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(b.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	// What the service reads must never be half a file.
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// there reports whether a path exists inside.
func (b *box) there(path string) bool {
	_, err := os.Lstat(filepath.Join(b.root, path))
	return err == nil
}

// unit is a property of the service, by systemd.
func (b *box) unit(t *testing.T, property string) string {
	t.Helper()
	return strings.TrimSpace(b.run(t, "systemctl", "show", "parcelwatch", "--value", "--property="+property))
}

func (b *box) pid(t *testing.T) int {
	t.Helper()
	n, _ := strconv.Atoi(b.unit(t, "MainPID"))
	return n
}

// idle reports whether the service runs and waits for mail.
func (b *box) idle(t *testing.T) bool {
	t.Helper()
	var doc struct {
		Running   bool
		Mailboxes []struct{ State string }
	}
	out := b.try(t, "parcelwatch", "status", "--json")
	if i := strings.IndexByte(out, '{'); i < 0 || json.NewDecoder(strings.NewReader(out[i:])).Decode(&doc) != nil {
		return false
	}
	return doc.Running && len(doc.Mailboxes) == 1 && doc.Mailboxes[0].State == "idle" && b.pid(t) > 0
}

// knows reports whether a parcel is listed.
func (b *box) knows(t *testing.T, number string) bool {
	t.Helper()
	return strings.Contains(b.try(t, "parcelwatch", "list", "--json"), number)
}

// until repeats look until it is true, and returns how long that took.
func until(t *testing.T, limit time.Duration, what string, look func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !look() {
		if time.Since(began) > limit {
			t.Fatalf("still waiting after %v: %s", limit, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return time.Since(began).Round(10 * time.Millisecond)
}

// buildPackage makes the .deb of a version and returns its path inside.
func (b *box) buildPackage(t *testing.T, version string) string {
	t.Helper()
	return b.build(t, version, "deb")
}

// buildRPM makes the .rpm.
func (b *box) buildRPM(t *testing.T, version string) string {
	t.Helper()
	return b.build(t, version, "rpm")
}

func (b *box) build(t *testing.T, version, kind string) string {
	t.Helper()
	data, err := os.ReadFile(packageOf(t, version, kind))
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/root/parcelwatch-%s.%s", version, kind)
	b.put(t, path, string(data))
	return path
}

// packageOf is a version's package, made once for all tests.
func packageOf(t *testing.T, version, kind string) string {
	t.Helper()
	return packageFrom(t, filepath.Join("..", ".."), filepath.Join(built, version), version, kind)
}

// packageFrom builds the packages of a tree into out, unless they are there.
func packageFrom(t *testing.T, tree, out, version, kind string) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(out, "SHA256SUMS")); err != nil {
		cmd := exec.CommandContext(t.Context(), filepath.Join(tree, "packaging", "package.sh"), out)
		cmd.Env = append(os.Environ(), "VERSION="+version, "TARGETS=linux/"+runtime.GOARCH, "KINDS=linux")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("package: %v\n%s", err, said)
		}
	}
	found, err := filepath.Glob(filepath.Join(out, "*."+kind))
	if err != nil || len(found) != 1 {
		t.Fatalf("packages: %v, %v", found, err)
	}
	return found[0]
}

// script outlives the test's context, for the end needs it too.
func script(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "./"+name, args...)
	if args[0] == "start" { // what it leaves running keeps no pipe of ours
		out, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = out.Close() }()
		cmd.Stdout, cmd.Stderr = out, out
		err = cmd.Run()
		said, _ := os.ReadFile(out.Name())
		return string(said), err
	}
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err) // the script itself
	}
	return string(out), err
}
