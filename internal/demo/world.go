package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"text/template"
	"time"
)

// World is the simulated surroundings: the inbox, the carriers and the outgoing mail
// server.
type World struct {
	Clock    *Clock
	Inbox    *Inbox
	Outbound *Outbound
	Posts    *httptest.Server // Cainiao, UPU Global Track & Trace and Russian Post
	Start    time.Time
	Dir      string // for all files of the demo
	Web      string // address and port of the page; empty for none

	story story
	sent  int // letters delivered so far
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
	if w.story, err = readStory(); err != nil {
		return nil, err
	}
	if w.Inbox, err = OpenInbox(ctx); err != nil {
		return nil, err
	}
	if w.Outbound, err = OpenOutbound(ctx); err != nil {
		return nil, errors.Join(err, w.Inbox.Close())
	}
	w.Posts = httptest.NewServer(Answers(func(number string) Record { return w.story.record(number, start, w.Clock.Now()) }))
	return w, nil
}

// FreeAddress returns an address and port on loopback for the page: the usual one, or
// another if that is in use.
func FreeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:8417")
	if err != nil {
		l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", fmt.Errorf("demo: find a port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// Close stops the servers.
func (w *World) Close() error {
	w.Posts.Close()
	return errors.Join(w.Outbound.Close(), w.Inbox.Close())
}

// WriteConfig writes the configuration for this world, with its password file beside
// it, and returns its path.
func (w *World) WriteConfig(language string) (string, error) {
	secret, path := filepath.Join(w.Dir, "demo.pass"), filepath.Join(w.Dir, "demo.toml")
	text, err := fill("demo.tmpl.toml", map[string]string{
		"Language": language, "Address": Address, "Secret": secret, "Store": filepath.Join(w.Dir, "demo.db"),
		"IMAP": port(w.Inbox.Addr), "SMTP": port(w.Outbound.Addr), "Posts": w.Posts.URL, "Web": w.Web,
	})
	if err != nil {
		return "", err
	}
	for file, data := range map[string][]byte{secret: []byte(Password + "\n"), path: text} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			return "", fmt.Errorf("demo: write configuration: %w", err)
		}
	}
	return path, nil
}

// port returns the port of the address of a server.
func port(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

// fill executes a template among the embedded files.
func fill(name string, values map[string]string) ([]byte, error) {
	tmpl, err := template.ParseFS(files, name)
	if err != nil {
		return nil, fmt.Errorf("demo: read a template: %w", err)
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, values); err != nil {
		return nil, fmt.Errorf("demo: execute a template: %w", err)
	}
	return out.Bytes(), nil
}

// Delivered returns the number of mails put into the inbox so far.
func (w *World) Delivered() int { return w.sent }

// Day returns the day of the story, counted from 0.
func (w *World) Day() int { return int(w.Clock.Now().Sub(w.Start) / (24 * time.Hour)) }

// Play runs the story: it delivers mails when they are due and advances the clock.
// After each step it calls settle, which waits until the program has handled
// everything.
func (w *World) Play(ctx context.Context, settle func(context.Context) error) error {
	for end := w.Start.AddDate(0, 0, days); w.Clock.Now().Before(end); w.Clock.Advance(step) {
		for _, l := range w.story.Letters[w.sent:] {
			if l.at(w.Start).After(w.Clock.Now()) {
				break
			}
			raw, err := l.render(w.Start)
			if err != nil {
				return err
			}
			if err := w.Inbox.Deliver(raw, l.at(w.Start)); err != nil {
				return err
			}
			w.sent++
		}
		if err := settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Clock is the demo's clock. It stands still until it is advanced.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows t.
func NewClock(t time.Time) *Clock { return &Clock{now: t} }

// Now returns the time of the demo.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
