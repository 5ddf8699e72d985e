package wine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers/all"
	"parcelwatch/test/rig"
)

const (
	// patience is for what the program promises no time for.
	patience = 40 * time.Second

	program    = `C:\Program Files\parcelwatch\parcelwatch.exe`
	configFile = `C:\ProgramData\parcelwatch\parcelwatch.toml`
	storeFile  = `C:\ProgramData\parcelwatch\parcelwatch.db`
)

// windows is a Windows machine, as far as Wine is one.
type windows struct {
	dir  string // its files, seen from outside
	base string // the Debian tree that Wine is in
}

// startWindows makes a fresh machine, or skips the test where this one cannot.
// The folders are on its drive Z:.
func startWindows(t *testing.T, folders ...string) *windows {
	t.Helper()
	rig.Need(t)
	if os.Geteuid() != 0 {
		t.Skip("skipped: needs root for namespaces and chroot")
	}
	for _, tool := range []string{"debootstrap", "unshare", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: needs %s (packages debootstrap util-linux)", tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	w := &windows{dir: t.TempDir(), base: filepath.Join(cache, "parcelwatch-ci", "trixie-wine")}
	if err := os.MkdirAll(filepath.Dir(w.base), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := script(t, nil, "make", w.base); err != nil {
		t.Skipf("skipped: no Wine 10 can be had here: %s", out)
	}
	w.boot(t, folders...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the event log:\n%s", w.events(t))
		}
		w.down(t)
	})
	return w
}

// boot starts the session; Windows' automatic services start with it.
func (w *windows) boot(t *testing.T, folders ...string) {
	t.Helper()
	// Wine shows in its log what goes to the event log, and nowhere else.
	if out, err := script(t, []string{"WINEDEBUG=-all,+eventlog"}, append([]string{"start", w.base, w.dir}, folders...)...); err != nil {
		t.Skipf("skipped: Wine does not run here: %s", out)
	}
}

func (w *windows) down(t *testing.T) {
	t.Helper()
	if out, err := script(t, nil, "stop", w.dir); err != nil {
		t.Error(out)
	}
}

// events is what programs wrote to the event log.
func (w *windows) events(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, "session.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// call runs a command on the machine.
func (w *windows) call(t *testing.T, command ...string) (string, error) {
	t.Helper()
	out, err := script(t, nil, append([]string{"run", w.dir}, command...)...)
	return strings.ReplaceAll(out, "\r\n", "\n"), err
}

// run is a command that must succeed, and what it said.
func (w *windows) run(t *testing.T, command ...string) string {
	t.Helper()
	out, err := w.call(t, command...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return out
}

// ours runs the program.
func (w *windows) ours(t *testing.T, args ...string) string {
	t.Helper()
	return w.run(t, append([]string{"wine", program}, args...)...)
}

// refused runs the program, which must fail.
func (w *windows) refused(t *testing.T, args ...string) string {
	t.Helper()
	out, err := w.call(t, append([]string{"wine", program}, args...)...)
	if err == nil {
		t.Fatalf("parcelwatch %s succeeds:\n%s", strings.Join(args, " "), out)
	}
	return out
}

// outside is a file of drive C: as seen from here.
func (w *windows) outside(path string) string {
	return filepath.Join(w.dir, "prefix", "drive_c", filepath.FromSlash(strings.ReplaceAll(strings.TrimPrefix(path, `C:\`), `\`, "/")))
}

func (w *windows) put(t *testing.T, path, text string) {
	t.Helper()
	path = w.outside(path)
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

func (w *windows) there(path string) bool {
	_, err := os.Lstat(w.outside(path))
	return err == nil
}

// service is the state of a service by the service manager; empty for none.
func (w *windows) service(t *testing.T, name string) string {
	t.Helper()
	out, _ := w.call(t, "wine", "sc", "query", name)
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) == 4 && fields[0] == "STATE" {
			return fields[3]
		}
	}
	return ""
}

// idle reports whether the service watches its mailbox.
func (w *windows) idle(t *testing.T, flags ...string) bool {
	t.Helper()
	var doc struct {
		Running   bool
		Mailboxes []struct{ State string }
	}
	out, _ := w.call(t, append([]string{"wine", program, "status", "--json"}, flags...)...)
	if i := strings.IndexByte(out, '{'); i < 0 || json.NewDecoder(strings.NewReader(out[i:])).Decode(&doc) != nil {
		return false
	}
	return doc.Running && len(doc.Mailboxes) == 1 && doc.Mailboxes[0].State == "idle"
}

// knows reports whether a parcel is listed.
func (w *windows) knows(t *testing.T, number string, flags ...string) bool {
	t.Helper()
	out, _ := w.call(t, append([]string{"wine", program, "list", "--json"}, flags...)...)
	return strings.Contains(out, number)
}

// configure writes a configuration for a mailbox of d, with the line ends of
// Windows' editors.
func (w *windows) configure(t *testing.T, d *rig.Dovecot, path, user, more string) {
	t.Helper()
	ca, err := os.ReadFile(d.CA())
	if err != nil {
		t.Fatal(err)
	}
	folder := path[:strings.LastIndexByte(path, '\\')+1]
	w.put(t, folder+"ca.pem", string(ca))
	w.put(t, folder+user+".pass", rig.Password+"\r\n")
	var text strings.Builder
	fmt.Fprintf(&text, `language = "en"
timezone = "Europe/Berlin"
[[mailbox]]
name = "home"
host = "127.0.0.1"
port = %d
ca = '%sca.pem'
username = "%s"
password = { file = "%[3]s.pass" }
trusted_authserv = ["mx.rig.test"]
[[digest]]
to = ["alice@rig.test"]
at = ["04:44"]
[smtp]
host = "127.0.0.1"
port = 9
tls = "none"
username = "alice"
password = { file = "%[3]s.pass" }
from = "parcels@rig.test"
`, d.Port+1, folder, user)
	for _, f := range all.Factories() { // nothing leaves this machine
		fmt.Fprintf(&text, "[carriers.%s]\nenabled = false\n", f.Info.Name)
	}
	w.put(t, path, "\ufeff"+strings.ReplaceAll(text.String()+more, "\n", "\r\n"))
}

// letter is a mail of the shop about a package.
func letter(number string) string {
	return strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.rig.test; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com
From: AliExpress <transaction@notice.aliexpress.com>
To: alice@rig.test
Subject: Package %[1]s: collected by the carrier
Message-ID: <%[1]s@notice.aliexpress.com>
Date: %[2]s
MIME-Version: 1.0
Content-Type: text/html; charset=UTF-8

<html><body><p>Your package %[1]s has an update.</p></body></html>
`, number, time.Now().Format(time.RFC1123Z)), "\n", "\r\n")
}

// build makes the program of a version, as it is shipped but for the one
// condition that Wine does not meet.
func build(t *testing.T, version string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "parcelwatch.exe")
	said, err := script(t, nil, "build", "../../cmd/daemon", out, "-ldflags", "-s -w -X parcelwatch/internal/version.number="+version)
	if err != nil {
		t.Fatal(said)
	}
	return out
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

// script outlives the test's context, for the end needs it too.
func script(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Minute)
	defer cancel()
	// A file, for what goes on running would keep a pipe open.
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	cmd := exec.CommandContext(ctx, "./wine.sh", args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	said, _ := os.ReadFile(out.Name())
	return string(said), err
}

// repository is the folder of the sources.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// goTest runs the tests of packages.
func goTest(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"test"}, args...)...)
	cmd.Dir, cmd.Env = repository(t), append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
