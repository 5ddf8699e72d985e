package notify_test

import (
	"bytes"
	"errors"
	"io"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"
	"github.com/jhillyerd/enmime/v2"

	"parcelwatch/notify"
	"parcelwatch/store"
)

func envelope(slot string) notify.Envelope {
	return notify.Envelope{From: "Посылки <me@example.org>", To: []string{"me@example.org", "Anna <anna@example.org>"}, Slot: slot}
}

func build(t *testing.T, d notify.Digest, slot string) store.Message {
	t.Helper()
	m, err := notify.Build(d, render(t, d, "ru"), envelope(slot))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBuild(t *testing.T) {
	t.Parallel()
	in := sample(t, "ru")
	in.Audience.Language = "ru"
	d := notify.Compose(in, noon)
	want := render(t, d, "ru")
	m := build(t, d, "2026-03-12T08:00")

	t.Run("a strict reader finds both parts and the headers", func(t *testing.T) {
		t.Parallel()
		r, err := mail.CreateReader(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Header.Subject(); err != nil || got != want.Subject {
			t.Errorf("subject %q, %v, want %q", got, err, want.Subject)
		}
		if got, err := r.Header.Date(); err != nil || !got.Equal(noon) {
			t.Errorf("date %v, %v", got, err)
		}
		if got, err := r.Header.MessageID(); err != nil || got != m.ID {
			t.Errorf("Message-ID %q, %v, want %q", got, err, m.ID)
		}
		for name, want := range map[string]string{
			"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Content-Language": "ru", "Mime-Version": "1.0",
			notify.HeaderName: notify.HeaderValue, "List-Id": "Parcels <parcelwatch.example.org>",
			"List-Post": "NO", "X-Loop": "parcelwatch",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		var parts []string
		for {
			p, err := r.NextPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(p.Body)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, strings.ReplaceAll(string(body), "\r\n", "\n"))
		}
		if diff := cmp.Diff([]string{want.Text, want.HTML}, parts); diff != "" {
			t.Errorf("parts (-want +got):\n%s", diff)
		}
	})
	t.Run("a forgiving reader finds nothing to forgive", func(t *testing.T) {
		t.Parallel()
		e, err := enmime.ReadEnvelope(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range e.Errors {
			t.Errorf("defect: %v", fault)
		}
		if e.GetHeader("Subject") != want.Subject {
			t.Errorf("subject %q", e.GetHeader("Subject"))
		}
	})
	t.Run("no line is longer than mail allows, and all end in CR LF", func(t *testing.T) {
		t.Parallel()
		for i, line := range strings.Split(string(m.Raw), "\r\n") {
			if len(line) > 120 || strings.ContainsAny(line, "\r\n") {
				t.Errorf("line %d has %d bytes: %.100q", i+1, len(line), line)
			}
		}
		if strings.IndexFunc(string(m.Raw), func(r rune) bool { return r > 126 }) >= 0 {
			t.Error("the mail is not all ASCII")
		}
	})
	t.Run("every recipient has a fate", func(t *testing.T) {
		t.Parallel()
		want := []store.Delivery{
			{To: "me@example.org", State: store.DeliveryWaiting, Next: noon},
			{To: "anna@example.org", State: store.DeliveryWaiting, Next: noon},
		}
		if diff := cmp.Diff(want, m.Deliveries); diff != "" {
			t.Errorf("fates (-want +got):\n%s", diff)
		}
		if m.From != "me@example.org" {
			t.Errorf("envelope sender %q", m.From)
		}
	})
}

func TestBuildNames(t *testing.T) {
	t.Parallel()
	d := notify.Digest{Audience: "me", Made: noon, Zone: noon.Location()}
	a, again := build(t, d, "2026-03-12T08:00"), build(t, d, "2026-03-12T08:00")
	if !bytes.Equal(a.Raw, again.Raw) {
		t.Error("the same digest is another mail the second time")
	}
	later := d
	later.Made = noon.Add(11 * time.Hour)
	b := build(t, later, "2026-03-12T19:00")
	if a.ID == b.ID {
		t.Error("two slots share a Message-ID")
	}
	next := d
	next.Made = noon.AddDate(0, 1, 0)
	c := build(t, next, "2026-04-12T08:00")
	thread := func(m store.Message) string {
		t.Helper()
		parsed, err := netmail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Header.Get("References") != parsed.Header.Get("In-Reply-To") {
			t.Error("References and In-Reply-To differ")
		}
		return parsed.Header.Get("References")
	}
	if thread(a) == "" || thread(a) != thread(b) {
		t.Errorf("a month has two threads: %s, %s", thread(a), thread(b))
	}
	if thread(a) == thread(c) {
		t.Error("two months share a thread")
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	for _, e := range []notify.Envelope{
		{From: "", To: []string{"me@example.org"}},
		{From: "me", To: []string{"me@example.org"}},
		{From: "me@example.org"},
		{From: "me@example.org", To: []string{"you@example.org\r\nRCPT TO:<evil@example.org>"}},
		{From: "me@example.org", To: []string{"you@example.org, two@example.org"}},
		{From: "me@example.org", To: []string{`"a b"@example.org`}},
	} {
		if _, err := notify.Build(notify.Digest{}, notify.Content{}, e); !errors.Is(err, notify.ErrAddress) {
			t.Errorf("Build from %q to %q: %v, want ErrAddress", e.From, e.To, err)
		}
	}
}

func TestBuildHeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	evil := "x\r\nBcc: everybody@example.org\r\n\r\nbody " + strings.Repeat("Ж", 300)
	e := envelope(evil)
	e.From = `"` + "x Bcc: y" + `" <me@example.org>`
	m, err := notify.Build(notify.Digest{Audience: evil, Made: noon}, notify.Content{Subject: evil, Text: "a", HTML: "b"}, e)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := netmail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := parsed.Header.Get("Bcc"); got != "" {
		t.Errorf("a header was injected: Bcc: %s", got)
	}
	if len(parsed.Header["Subject"]) != 1 || len(parsed.Header["From"]) != 1 {
		t.Errorf("headers: %v", parsed.Header)
	}
}
