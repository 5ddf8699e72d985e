//go:build linux

package imap_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/test/rig"
)

// machine is one with systemd, made by the script of the service's own tests.
type machine struct {
	t          *testing.T
	root, name string
}

const boxScript = "../service/box.sh"

func startMachine(t *testing.T) *machine {
	t.Helper()
	for _, tool := range []string{"debootstrap", "systemd-nspawn", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: needs %s (packages debootstrap systemd-container)", tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(cache, "parcelwatch-ci", "bookworm-systemd")
	dir, err := os.MkdirTemp("", "parcelwatch-machine-") //nolint:usetesting // TempDir lets nobody else in
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	m := &machine{t: t, root: filepath.Join(dir, "root"), name: filepath.Base(dir)}
	for _, step := range [][]string{
		{"bash", boxScript, "make", base},
		{"cp", "-a", "--reflink=auto", base, m.root},
		{"bash", boxScript, "start", m.root, m.name},
	} {
		if out, err := quiet(t, step...); err != nil {
			t.Skipf("skipped: no machine with systemd can be made here: %s: %s", strings.Join(step[:3], " "), out)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the journal:\n%s", m.try("journalctl", "-u", "parcelwatch", "--no-pager", "-n", "40"))
		}
		if out, err := quiet(t, "bash", boxScript, "stop", m.name); err != nil {
			t.Error(out)
		}
	})
	return m
}

// quiet runs a command that may leave something running, which keeps no pipe.
func quiet(t *testing.T, command ...string) (string, error) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	said, _ := os.ReadFile(out.Name())
	return string(said), err
}

// command is how to run a command inside.
func (m *machine) command(command ...string) []string {
	return append([]string{"bash", boxScript, "run", m.name}, command...)
}

func (m *machine) try(command ...string) string {
	m.t.Helper()
	out, _ := quiet(m.t, m.command(command...)...)
	return out
}

// put copies a file into the machine.
func (m *machine) put(from, to string, mode os.FileMode) {
	m.t.Helper()
	in, err := os.Open(from)
	if err != nil {
		m.t.Fatal(err)
	}
	defer in.Close()
	to = filepath.Join(m.root, to)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		m.t.Fatal(err)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, mode)
	if err != nil {
		m.t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		m.t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		m.t.Fatal(err)
	}
}

// idles reports whether the service of the machine runs and waits for mail.
func (m *machine) idles() bool {
	m.t.Helper()
	var doc struct {
		Running   bool
		Mailboxes []struct{ State string }
	}
	out := m.try("parcelwatch", "status", "--json")
	at := strings.IndexByte(out, '{')
	return at >= 0 && json.NewDecoder(strings.NewReader(out[at:])).Decode(&doc) == nil &&
		doc.Running && len(doc.Mailboxes) == 1 && doc.Mailboxes[0].State == "idle"
}

// TestSetupInstallsAServiceThatWatches answers the last question with Enter, on a
// machine with a real systemd.
func TestSetupInstallsAServiceThatWatches(t *testing.T) {
	h := newHousehold(t, brands()[0])
	m := startMachine(t)
	m.put(binary, "/usr/local/bin/parcelwatch", 0o755)
	m.put(h.flags[authorityFlag], "/etc/ssl/rig.pem", 0o644)
	flags := append([]string(nil), h.flags...)
	flags[0], flags[authorityFlag] = "parcelwatch", "/etc/ssl/rig.pem"
	flags = append(flags[:1:1], flags[configFlag+1:]...) // the usual place
	all := dialogue()
	answer := func(s *terminal) {
		s.types("\r")
		s.sees("Всё готово")
		t.Logf("the end of the screen:\n%s", s.screen.String()[strings.LastIndex(s.screen.String(), "[да]:"):])
		if status := s.ends(); status != 0 {
			t.Errorf("exit status %d", status)
		}
		rig.Await(t, "the service waits for mail", 30*time.Second, m.idles)
	}

	s := startTerminal(t, nil, m.command(append(append([]string{"env", "LC_ALL=ru_RU.UTF-8", "TZ=Europe/Moscow"}, flags...), "--no-sample")...)...)
	for _, line := range all[:len(all)-1] {
		s.sees(line[0])
		s.types(line[1] + "\r")
	}
	s.sees(all[len(all)-1][0])
	answer(s)
	h.box.Deliver(t, "alice", shipment(numbered(7), 7))
	rig.Await(t, "its mail is a parcel", 30*time.Second, func() bool { return strings.Contains(m.try("parcelwatch", "list", "--json"), string(numbered(7))) })

	t.Run("run again it leaves a service that works", func(t *testing.T) {
		s := startTerminal(t, nil, m.command("env", "LC_ALL=ru_RU.UTF-8", "parcelwatch", "setup", "--no-sample")...)
		for range 6 {
			s.sees("]:")
			s.types("\r")
		}
		s.sees("(да/нет) [да]:")
		answer(s)
	})
}
