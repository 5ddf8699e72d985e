//go:build unix

package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"parcelwatch/internal/demo"
	"parcelwatch/internal/status"
)

// screen is a command's output, readable while it is written.
type screen struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// command runs the program in this process.
func command(ctx context.Context, args ...string) (code int, out, errs string) {
	var stdout, stderr screen
	code = run(ctx, args, newEnv(env{in: strings.NewReader(""), out: &stdout, err: &stderr, getenv: func(string) string { return "" }}))
	return code, stdout.String(), stderr.String()
}

// background is a running daemon.
type background struct {
	stop func() int
	errs *screen
}

func startDaemon(t *testing.T, config string) background {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var stderr screen
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"run", "--config", config}, newEnv(env{
			in: strings.NewReader(""), out: &screen{}, err: &stderr, getenv: func(string) string { return "" },
		}))
	}()
	stop := sync.OnceValue(func() int {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { stop() })
	return background{stop: stop, errs: &stderr}
}

// world returns the demo's world and a configuration for it.
func world(t *testing.T) (*demo.World, string) {
	t.Helper()
	w, err := demo.Open(t.Context(), filepath.Join(t.TempDir(), "world"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	config, err := w.WriteConfig("en")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	// The test runs at any hour.
	text = bytes.Replace(text, []byte("[[digest]]\n"), []byte("[[digest]]\nquiet = \"00:00-00:00\"\n"), 1)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return w, config
}

const letter = "From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: you@demo.example\r\n" +
	"Authentication-Results: mx.demo.example; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com\r\n" +
	"Subject: Package %[1]s: with local carrier\r\nMessage-ID: <%[1]s@notice.aliexpress.com>\r\nDate: %[2]s\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n\r\nYour package %[1]s is with the local carrier.\r\n"

// wait polls until seen returns true.
func wait(t *testing.T, what string, seen func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !seen(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

func statusOf(t *testing.T, config string) (int, status.Status) {
	t.Helper()
	code, out, errs := command(t.Context(), "status", "--json", "--config", config)
	var doc status.Status
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("status: %v\n%s%s", err, out, errs)
	}
	return code, doc
}

func TestTheDaemonLives(t *testing.T) {
	w, config := world(t)
	d := startDaemon(t, config)
	wait(t, "an idle mailbox", func() bool {
		code, doc := statusOf(t, config)
		return code == exitGood && doc.Running && doc.Mailboxes[0].State == "idle"
	})

	t.Run("a mail becomes a parcel that is followed", func(t *testing.T) {
		if err := w.Inbox.Deliver(fmt.Appendf(nil, letter, "LP00710020030040", time.Now().Format(time.RFC1123Z)), time.Now()); err != nil {
			t.Fatal(err)
		}
		wait(t, "the parcel", func() bool {
			_, out, _ := command(t.Context(), "list", "--config", config)
			return strings.Contains(out, "LP00710020030040")
		})
		wait(t, "an answer", func() bool {
			_, out, _ := command(t.Context(), "show", "LP00710020030040", "--config", config)
			return strings.Contains(out, "Asked:")
		})
		if log := d.errs.String(); !strings.Contains(log, `level=INFO msg="parcels found in an email" mailbox=demo parcels=1`) || strings.Contains(log, "LP00710020030040") {
			t.Errorf("the log does not say so, or names the number:\n%s", log)
		}
	})

	t.Run("a second daemon on the store is refused in words", func(t *testing.T) {
		code, _, errs := command(t.Context(), "run", "--config", config)
		if code != exitFailed || !strings.Contains(errs, "another daemon runs on this store") {
			t.Errorf("exit %d: %s", code, errs)
		}
	})

	t.Run("SIGHUP takes over a good configuration and names a bad one", func(t *testing.T) {
		text, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		change := func(text string, want string) {
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			wait(t, want, func() bool { return strings.Contains(d.errs.String(), want) })
		}
		change("langage = \"en\"\n"+string(text), "configuration is not taken over")
		change(strings.Replace(string(text), `tls      = "none"`, "tls = \"tls\"\nca = \"none.pem\"", 1), "certificate authority")
		if strings.Contains(d.errs.String(), "configuration taken over") {
			t.Error("a bad configuration was taken over")
		}
		change(strings.Replace(string(text), `name     = "demo"`, `name     = "renamed"`, 1), "configuration taken over")
		wait(t, "the renamed mailbox", func() bool {
			_, doc := statusOf(t, config)
			return doc.Mailboxes[0].Name == "renamed" && doc.Mailboxes[0].State == "idle"
		})
	})

	t.Run("it ends cleanly and at once, and everybody knows", func(t *testing.T) {
		begun := time.Now()
		if code := d.stop(); code != exitGood {
			t.Errorf("exit %d\n%s", code, d.errs)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
		code, doc := statusOf(t, config)
		if code != exitFailed || doc.Running || doc.Mailboxes[0].State != "unknown" || doc.Parcels != 1 {
			t.Errorf("exit %d, %+v", code, doc)
		}
		if strings.Contains(d.errs.String(), demo.Password+"\"") {
			t.Error("the password is in the log")
		}
	})
}

func TestAMailboxThatRefusesIsSaidEverywhere(t *testing.T) {
	w, config := world(t)
	if err := os.WriteFile(filepath.Join(w.Dir, "demo.pass"), []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := startDaemon(t, config)
	wait(t, "a refused mailbox", func() bool {
		code, doc := statusOf(t, config)
		return code == exitFailed && doc.Running && doc.Mailboxes[0].State == "refused" && doc.Mailboxes[0].Error != ""
	})
	code, out, errs := command(t.Context(), "check", "--config", config)
	if code != exitFailed || !strings.Contains(out, "mailbox demo: failed: ") || !strings.Contains(out, "mail server 127.0.0.1: failed: ") {
		t.Errorf("check: exit %d\n%s%s", code, out, errs)
	}
	d.stop()
	if all := d.errs.String() + out + errs; strings.Contains(all, "hunter2") {
		t.Errorf("the password is shown:\n%s", all)
	}
}

func TestCheckSaysWhatWorksAndWhatWouldBeFollowed(t *testing.T) {
	w, config := world(t)
	if err := w.Inbox.Deliver(fmt.Appendf(nil, letter, "LP00710020030040", time.Now().Format(time.RFC1123Z)), time.Now()); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t.Context(), "check", "--config", config)
	for _, want := range []string{"mailbox demo: OK", "emails: 1", "would track LP00710020030040 (sender verified)", "mail server 127.0.0.1: OK"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s%s", want, out, errs)
		}
	}
	if code != exitGood {
		t.Errorf("exit %d\n%s", code, errs)
	}
	_, out, _ = command(t.Context(), "check", "--json", "--config", config)
	var doc checkDoc
	if err := json.Unmarshal([]byte(out), &doc); err != nil || !doc.Good || doc.Schema != 1 || len(doc.Findings) < 4 {
		t.Errorf("%v\n%s", err, out)
	}
	if _, out, _ := command(t.Context(), "list", "--config", config); strings.Contains(out, "LP00710020030040") {
		t.Errorf("a dry run has followed it:\n%s", out)
	}
	// A missing folder is reported together with the existing ones.
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(strings.Replace(string(text), `["INBOX"]`, `["Inbox/Shop"]`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ = command(t.Context(), "check", "--config", config); code != exitFailed || !strings.Contains(out, "INBOX") {
		t.Errorf("a wrong folder: exit %d\n%s", code, out)
	}
}

func TestADigestIsSentByHand(t *testing.T) {
	t.Parallel()
	w, config := world(t)
	if code, _, errs := command(t.Context(), "add", "RB123456785CN", "--title", "Lamp", "--config", config); code != exitGood {
		t.Fatal(errs)
	}
	code, out, errs := command(t.Context(), "digest", "--send", "--config", config)
	if code != exitGood || !strings.Contains(out, "sent to "+demo.Address) || len(w.Outbound.Mails()) != 1 {
		t.Fatalf("exit %d, %d mails\n%s%s", code, len(w.Outbound.Mails()), out, errs)
	}
	m, err := openMail(w.Outbound.Mails()[0])
	if err != nil || !strings.Contains(m.text, "Lamp") || !strings.Contains(m.html, "Lamp") {
		t.Errorf("%v\n%s", err, m.text)
	}
	if code, out, errs = command(t.Context(), "digest", "--sample", "--send", "--config", config); code != exitGood || len(w.Outbound.Mails()) != 2 {
		t.Errorf("sample: exit %d\n%s%s", code, out, errs)
	}
	if err := w.Outbound.Close(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // a manual digest is named after its second
	if code, _, errs = command(t.Context(), "digest", "--send", "--config", config); code != exitFailed || !strings.Contains(errs, "will try again") {
		t.Errorf("without a server: exit %d\n%s", code, errs)
	}
}

func TestTheDemoShowsTheWholeStory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	code, out, errs := command(t.Context(), "demo", "--dir", dir)
	if code != exitGood {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	for _, want := range []string{"left the country of origin", "arrived in the destination country", "ready for pickup", "delivered", "digest: ", "Your parcels", dir} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(out, "cannot be") || errs != "" {
		t.Errorf("something broke:\n%s%s", out, errs)
	}
	for _, kind := range []string{"*.eml", "*.html"} {
		if files, _ := filepath.Glob(filepath.Join(dir, kind)); len(files) < 10 {
			t.Errorf("%s: %d files", kind, len(files))
		}
	}
}
