//go:build unix

package command

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/demo"
	"parcelwatch/notify"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// checked returns a configured place with a change to its configuration.
func checked(t *testing.T, old, changed string) place {
	t.Helper()
	return checkedWith(t, old, changed, "LP00710020030040")
}

// checkedWith is checked with a mail about each number.
func checkedWith(t *testing.T, old, changed string, numbers ...string) place {
	t.Helper()
	p := newPlaceFor(t)
	p.mails(numbers...)
	c := p.servers()
	c.NoSample = true
	w, out := p.wizard(c, "en_US.UTF-8", demo.Address, demo.Password, "yes", "DE", "", "", "", "")
	if err := w.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := p.read("parcelwatch.toml") + "[store]\npath = '" + filepath.Join(p.dir, "check.db") + "'\n"
	if !strings.Contains(text, old) {
		t.Fatalf("there is no %q in\n%s", old, text)
	}
	if err := os.WriteFile(p.config, []byte(strings.Replace(text, old, changed, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCheckNamesAMailboxWithoutMailOfTheShop(t *testing.T) {
	t.Parallel()
	p := checkedWith(t, "", "")
	code, out, _ := command(t.Context(), "--config", p.config, "check")
	if code != exitGood || !strings.Contains(out, "mailbox demo: note: no email of the shop in the last 60 days") {
		t.Errorf("exit status %d:\n%s", code, out)
	}
}

func TestCheckSaysTheSameOnce(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	e := newEnv(env{out: &out, err: &out, getenv: func(string) string { return "" }})
	k := &checking{env: e, doc: checkDoc{Good: true}, said: map[string]bool{}}
	for _, detail := range []string{"refused", "refused", "other", "refused"} {
		k.tell("mailbox", "home", "wrong", detail)
	}
	if len(k.doc.Findings) != 2 || strings.Count(out.String(), "\n") != 2 || k.doc.Good {
		t.Errorf("%+v\n%s", k.doc, out.String())
	}
}

func TestCheckSaysOfEachThingHowItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, changed string
		code               int
		want               []string
	}{
		{"all is well", "", "", exitGood, []string{
			"mailbox demo: OK", "mailbox demo, folder INBOX: OK: emails: 1, of the shop in the last 60 days: 1", "would track LP00710020030040", "mail server 127.0.0.1: OK",
		}},
		{"no such folder", `["INBOX"]`, `["INBOX", "Shop"]`, exitFailed, []string{
			"folder INBOX: OK", `folder Shop: failed`, `correct folders, there are: "INBOX"`, "not everything works",
		}},
		{"another user", `username = "you`, `username = "who`, exitFailed, []string{
			"mailbox demo: failed", "check username and password", "mail server 127.0.0.1: OK",
		}},
		{"no word of the server", "trusted_authserv", "# ", exitGood, []string{`trusted_authserv = ["mx.demo.example"]`}},
		{"no destination", `destination = "DE"`, "", exitGood, []string{"destination is not set"}},
		{"a password that is gone", "demo.pass", "gone.pass", exitFailed, []string{"mailbox demo: failed", "gone.pass", "no such file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := checked(t, c.old, c.changed)
			code, out, errs := command(t.Context(), "--config", p.config, "check")
			if code != c.code {
				t.Errorf("exit status %d", code)
			}
			for _, want := range c.want {
				if !strings.Contains(out+errs, want) {
					t.Errorf("%q is not said:\n%s%s", want, out, errs)
				}
			}
			if len(p.outbound.Mails()) != 0 {
				t.Error("it sent a mail")
			}
		})
	}
}

func TestCheckSaysThatTheLastDigestWasRefusedAndWhatToDo(t *testing.T) {
	t.Parallel()
	p := checked(t, "", "")
	db, err := sqlite.Open(t.Context(), filepath.Join(p.dir, "check.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	refusal := "554 5.7.1 rejected as spam"
	err = errors.Join(
		db.Enqueue(t.Context(), store.Message{
			ID: "1@demo.example", Audience: "me", Slot: "today 08:00", From: demo.Address, Raw: []byte("Subject: news\r\n\r\n"), Made: time.Now(),
			Deliveries: []store.Delivery{{To: demo.Address, State: store.DeliveryWaiting}},
		}, nil),
		db.Record(t.Context(), "1@demo.example", []store.Delivery{{
			To: demo.Address, State: store.DeliveryRefused, Tries: 1, Error: refusal, Fault: notify.Fault(errors.New(refusal)),
		}}),
		db.Close())
	if err != nil {
		t.Fatal(err)
	}
	code, out, _ := command(t.Context(), "--config", p.config, "check")
	if code != exitFailed || !strings.Contains(out, "mail server 127.0.0.1: failed: the last digest was refused, its news will be told in the next one: ") ||
		!strings.Contains(out, refusal) {
		t.Errorf("exit status %d:\n%s", code, out)
	}
}

func TestCheckAsJSON(t *testing.T) {
	t.Parallel()
	p := checked(t, "port", "tls = \"none\"\nport")
	if code, _, _ := command(t.Context(), "--config", p.config, "check", "--json"); code != exitUsage {
		t.Errorf("a key that stands twice: exit status %d", code)
	}
	p = checked(t, `["INBOX"]`, `["INBOX", "Shop"]`)
	code, out, _ := command(t.Context(), "--config", p.config, "check", "--json")
	var doc checkDoc
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	states := map[string]string{}
	for _, f := range doc.Findings {
		if was := states[f.What+" "+f.Name]; was != "wrong" {
			states[f.What+" "+f.Name] = f.State
		}
	}
	for name, want := range map[string]string{"folder demo INBOX": "good", "folder demo Shop": "wrong", "mailbox demo": "wrong", "smtp 127.0.0.1": "good"} {
		if states[name] != want {
			t.Errorf("%s is %q, want %q", name, states[name], want)
		}
	}
	if code != exitFailed || doc.Good || doc.Schema != 1 {
		t.Errorf("exit status %d, %+v", code, doc)
	}
}
