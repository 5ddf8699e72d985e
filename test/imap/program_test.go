package imap_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers/all"
	"parcelwatch/parcel/number"
	"parcelwatch/store/sqlite"
	"parcelwatch/test/rig"
)

// program is the real daemon at a mailbox, which can be ended in any way and
// started again over the same store.
type program struct {
	config, store string
	log           *logBuffer
	cmd           *exec.Cmd
}

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv("PARCELWATCH_RIG") == "" {
		return m.Run() // every test will say what it lacks
	}
	dir, err := os.MkdirTemp("", "parcelwatch-imap-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "parcelwatch")
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "parcelwatch/cmd/daemon").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// newProgram writes a configuration for alice's mailbox at the port, in the
// language. Nothing leaves this machine.
func newProgram(tb testing.TB, s *server, port int, language string) *program {
	tb.Helper()
	return configure(tb, language, fmt.Sprintf("port = %d\nca = %q", port, s.CA()))
}

// configure writes a configuration with these lines on how to reach the mailbox.
func configure(tb testing.TB, language, connection string) *program {
	tb.Helper()
	dir := tb.TempDir()
	p := &program{config: filepath.Join(dir, "parcelwatch.toml"), store: filepath.Join(dir, "store.db"), log: &logBuffer{}}
	secret := filepath.Join(dir, "pass")
	if err := os.WriteFile(secret, []byte(rig.Password), 0o600); err != nil {
		tb.Fatal(err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, `destination = "RU"
language = %q
timezone = "Europe/Moscow"
[[mailbox]]
name = "home"
host = "127.0.0.1"
%s
username = "alice"
password = { file = %q }
[[digest]]
to = ["alice@rig.test"]
at = ["04:44"]
[smtp]
host = "127.0.0.1"
port = 1
tls = "none"
from = "alice@rig.test"
[store]
path = %q
`, language, connection, secret, p.store)
	for _, f := range all.Factories() {
		fmt.Fprintf(&text, "[carriers.%s]\nenabled = false\n", f.Info.Name)
	}
	if err := os.WriteFile(p.config, []byte(text.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if p.cmd != nil {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
		}
		if tb.Failed() {
			said := p.log.String()
			tb.Logf("the end of the program's log:\n%s", said[max(0, len(said)-4000):])
		}
	})
	return p
}

func (p *program) start(tb testing.TB) {
	tb.Helper()
	p.cmd = exec.CommandContext(context.Background(), binary, "run", "--config", p.config)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
}

// end sends a signal and waits for the program to be gone.
func (p *program) end(tb testing.TB, how os.Signal) {
	tb.Helper()
	if err := p.cmd.Process.Signal(how); err != nil {
		tb.Fatalf("%v: %v; the program ended by itself", how, err)
	}
	_ = p.cmd.Wait()
	p.cmd = nil
}

// say is what another command of the program prints beside the daemon; status
// fails, too, where something is broken.
func (p *program) say(tb testing.TB, args ...string) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, binary, append(args, "--config", p.config)...).Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		tb.Fatal(err)
	}
	return string(out)
}

// open opens the program's store once it is there.
func (p *program) open(tb testing.TB) *sqlite.DB {
	tb.Helper()
	waitFor(tb, "the store", 20*time.Second, func() bool { _, err := os.Stat(p.store); return err == nil })
	db, err := sqlite.Open(tb.Context(), p.store, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// waitFor repeats look until it is true.
func waitFor(tb testing.TB, what string, limit time.Duration, look func() bool) {
	tb.Helper()
	for began := time.Now(); !look(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > limit {
			tb.Fatalf("still waiting after %v: %s", limit, what)
		}
	}
}

// shipment is a package-level mail of the shop.
func shipment(number number.Number, order int) string {
	return strings.ReplaceAll(fmt.Sprintf(`From: %[4]s
To: alice@rig.test
Subject: Package %[1]s: collected by the carrier
Message-ID: <%[1]s@notice.aliexpress.com>
Date: %[3]s
MIME-Version: 1.0
Content-Type: text/html; charset=UTF-8

<html><body><p>Your package %[1]s has an update.</p>
<a href="https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=%[2]d">Track</a></body></html>
`, number, 8190000000000017+order, time.Now().Format(time.RFC1123Z), shop), "\n", "\r\n")
}

// numbered is the nth number of a post.
func numbered(n int) number.Number { return number.Number(rig.Number(n, "RU")) }
