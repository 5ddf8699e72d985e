package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// World is the simulated surroundings: the inbox, the carriers and the outgoing mail
// server.
type World struct {
	Clock    *Clock
	Inbox    *Inbox
	Outbound *Outbound
	Posts    *Posts
	Start    time.Time
	Dir      string // for all files of the demo

	sent int // letters delivered so far
}

// step is the interval by which Play advances the clock.
const step = 3 * time.Hour

// Open starts the servers on loopback; the story ends at the hour of end. Files are
// written to dir, which is created. The caller must close the world.
func Open(ctx context.Context, dir string, end time.Time) (*World, error) {
	start := end.UTC().Truncate(24*time.Hour).AddDate(0, 0, -days)
	w := &World{Clock: NewClock(start), Start: start, Dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("demo: make folder: %w", err)
	}
	var err error
	if w.Inbox, err = OpenInbox(ctx); err != nil {
		return nil, err
	}
	if w.Outbound, err = OpenOutbound(ctx); err != nil {
		return nil, errors.Join(err, w.Inbox.Close())
	}
	w.Posts = OpenPosts(w.Clock, start)
	return w, nil
}

// Close stops the servers.
func (w *World) Close() error {
	w.Posts.Close()
	return errors.Join(w.Outbound.Close(), w.Inbox.Close())
}

// WriteConfig writes the configuration for this world, with its password files beside
// it, and returns its path.
func (w *World) WriteConfig(language string) (string, error) {
	secret := filepath.Join(w.Dir, "demo.pass")
	if err := os.WriteFile(secret, []byte(Password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("demo: write password: %w", err)
	}
	imapHost, imapPort, err := net.SplitHostPort(w.Inbox.Addr)
	if err != nil {
		return "", fmt.Errorf("demo: address of the inbox: %w", err)
	}
	smtpHost, smtpPort, err := net.SplitHostPort(w.Outbound.Addr)
	if err != nil {
		return "", fmt.Errorf("demo: address of the mail server: %w", err)
	}
	text := fmt.Sprintf(`# The demo's own configuration: everything is on this machine.
destination = "RU"
language    = %q
timezone    = "Europe/Moscow"

[[mailbox]]
name     = "demo"
host     = %q
port     = %s
tls      = "none"
username = %q
password = { file = '%s' }
folders  = ["INBOX"]
trusted_authserv = ["mx.demo.example"]

[[digest]]
to     = [%q]
at     = ["08:00", "19:00"]
urgent = ["ready_for_pickup", "out_for_delivery", "customs_hold", "attempt_failed"]

[smtp]
host     = %q
port     = %s
tls      = "none"
username = %q
password = { file = '%s' }
from     = "parcelwatch <parcels@demo.example>"

[carriers.cainiao]
endpoint = %q
[carriers.upu]
endpoint = %q
[carriers.russianpost]
endpoint = %q
login    = "demo"
password = { file = '%s' }

[store]
path = '%s'
`, language, imapHost, imapPort, Address, secret, Address, smtpHost, smtpPort, Address, secret,
		w.Posts.URL, w.Posts.URL, w.Posts.URL, secret, filepath.Join(w.Dir, "demo.db"))
	path := filepath.Join(w.Dir, "demo.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("demo: write configuration: %w", err)
	}
	return path, nil
}

// Delivered returns the number of mails put into the inbox so far.
func (w *World) Delivered() int { return w.sent }

// Day returns the day of the story, counted from 0.
func (w *World) Day() int { return int(w.Clock.Now().Sub(w.Start) / (24 * time.Hour)) }

// Play runs the story: it delivers mails when they are due and advances the clock.
// After each step it calls settle, which waits until the program has handled
// everything.
func (w *World) Play(ctx context.Context, settle func(context.Context) error) error {
	todo := letters()
	for end := w.Start.AddDate(0, 0, days); w.Clock.Now().Before(end); w.Clock.Advance(step) {
		for len(todo) > 0 && !todo[0].at(w.Start).After(w.Clock.Now()) {
			raw, err := todo[0].render(w.Start)
			if err != nil {
				return err
			}
			if err := w.Inbox.Deliver(raw, todo[0].at(w.Start)); err != nil {
				return err
			}
			w.sent++
			todo = todo[1:]
		}
		if err := settle(ctx); err != nil {
			return err
		}
	}
	return nil
}
