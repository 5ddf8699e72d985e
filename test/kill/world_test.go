//go:build unix

package kill_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parcelwatch/carriers/all"
	"parcelwatch/internal/demo"
	"parcelwatch/test/rig"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "parcelwatch-kill")
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

// world is everything around the program: it outlives every kill.
type world struct {
	t      *testing.T
	inbox  *demo.Inbox
	mails  *mailServer
	posts  *httptest.Server
	config string
	log    *lockedBuffer
}

// newWorld starts the servers and writes a configuration that points at them.
// answer serves the posts.
func newWorld(t *testing.T, answer http.HandlerFunc) *world {
	t.Helper()
	dir := t.TempDir()
	inbox, err := demo.OpenInbox(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = inbox.Close() })
	w := &world{t: t, inbox: inbox, mails: newMailServer(t), posts: httptest.NewServer(answer), log: &lockedBuffer{}}
	t.Cleanup(w.posts.Close)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the program's log:\n%s", w.log.String())
		}
	})
	secret := filepath.Join(dir, "pass")
	if err := os.WriteFile(secret, []byte(demo.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	imapHost, imapPort, _ := net.SplitHostPort(inbox.Addr)
	smtpHost, smtpPort, _ := net.SplitHostPort(w.mails.addr)
	w.config = filepath.Join(dir, "parcelwatch.toml")
	text := fmt.Sprintf(`destination = "RU"
language = "en"
timezone = "UTC"
[[mailbox]]
name = "home"
host = %q
port = %s
tls = "none"
username = %q
password = { file = %q }
trusted_authserv = ["mx.demo.example"]
[[digest]]
to = ["you@demo.example"]
at = ["03:33"]
urgent = ["out_for_delivery"]
[smtp]
host = %q
port = %s
tls = "none"
username = %q
password = { file = %q }
from = "parcels@demo.example"
[carriers.russianpost]
endpoint = %q
login = "me"
password = { file = %q }
%s[store]
path = %q
`, imapHost, imapPort, demo.Address, secret, smtpHost, smtpPort, demo.Address, secret, w.posts.URL, secret, others(), filepath.Join(dir, "store.db"))
	if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// others switches every other carrier off: nothing leaves this machine.
func others() string {
	var text strings.Builder
	for _, f := range all.Factories() {
		if f.Info.Name != "russianpost" {
			fmt.Fprintf(&text, "[carriers.%s]\nenabled = false\n", f.Info.Name)
		}
	}
	return text.String()
}

// start runs the daemon; the process group dies with the test.
func (w *world) start() *exec.Cmd {
	w.t.Helper()
	cmd := exec.CommandContext(context.Background(), binary, "run", "--config", w.config)
	cmd.Stdout, cmd.Stderr = w.log, w.log
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd
}

// kill ends the daemon as a power cut does, and waits for it.
func (w *world) kill(cmd *exec.Cmd) {
	w.t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		w.t.Fatalf("kill: %v", err)
	}
	_ = cmd.Wait()
}

// listed is what `list --json` says of a parcel, as far as these tests look.
type listed struct {
	Number  string   `json:"number"`
	Numbers []string `json:"numbers"`
	Status  string   `json:"status"`
}

// list asks the program for its parcels; it works beside a running daemon.
func (w *world) list() []listed {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, "list", "--all", "--json", "--config", w.config)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil // the store may not be made yet
	}
	var parcels []listed
	if err := json.Unmarshal(out, &parcels); err != nil {
		w.t.Fatalf("list --json: %v\n%s", err, out)
	}
	return parcels
}

// until repeats look until it is true, and fails the test after a while.
func (w *world) until(what string, look func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for !look() {
		if time.Now().After(deadline) {
			w.t.Fatalf("still waiting after a minute: %s", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// letter is a package-level mail of the shop.
func letter(number, order, step string, at time.Time) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.demo.example; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com
From: AliExpress <transaction@notice.aliexpress.com>
To: you@demo.example
Subject: Package %[1]s: %[3]s
Message-ID: <%[1]s.%[4]d@notice.aliexpress.com>
Date: %[5]s
MIME-Version: 1.0
Content-Type: text/html; charset=UTF-8

<html><body><p>Your package %[1]s has an update.</p>
<a href="https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=%[2]s">Track</a></body></html>
`, number, order, step, at.UnixNano(), at.Format(time.RFC1123Z)), "\n", "\r\n"))
}

// number is the nth number of Russian Post.
func number(n int) string { return rig.Number(n, "RU") }

// lockedBuffer is a log that several processes write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
