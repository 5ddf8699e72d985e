package imap_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"parcelwatch/internal/locale"
	texts "parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/test/rig"
)

const (
	shop   = "AliExpress <transaction@notice.aliexpress.com>"
	friend = "Ann Example <ann@example.org>"
)

// server is a running one as these tests use it.
type server struct {
	*rig.Server
	user string // of the mailbox that is watched
}

// startDovecot starts a server that ends with the test; see rig.StartDovecot.
func startDovecot(tb testing.TB, extra string, fill func(home string)) *server {
	tb.Helper()
	return &server{&rig.StartDovecot(tb, extra, fill).Server, "alice"}
}

// account is alice's, over TLS, with a pace that does not try the patience.
func (d *server) account(tb testing.TB) mailwatch.Account {
	tb.Helper()
	return mailwatch.Account{
		Name: "home", Host: "127.0.0.1", Port: d.Port + 1, TLSConfig: d.Trust(tb),
		Auth: password(d.user, "secret"), Senders: mail.NewSenders(mail.Choice{Domains: []string{"aliexpress.com"}}),
		Probe: time.Second, Poll: time.Second, Retry: 50 * time.Millisecond,
	}
}

func password(user, pass string) mailwatch.Authenticator {
	return func(context.Context) (mailwatch.Credential, error) {
		return mailwatch.Credential{Username: user, Password: pass}, nil
	}
}

// client is another mail program at the same mailbox.
func (d *server) client(tb testing.TB, user string) *imapclient.Client {
	tb.Helper()
	c, err := imapclient.DialTLS("127.0.0.1:"+strconv.Itoa(d.Port+1), &imapclient.Options{TLSConfig: d.Trust(tb)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	if err := c.Login(user, "secret").Wait(); err != nil {
		tb.Fatal(err)
	}
	if err := c.Noop().Wait(); err != nil {
		tb.Fatal(err)
	}
	return c
}

func appendMail(tb testing.TB, c *imapclient.Client, folder, from, subject string) {
	tb.Helper()
	appendRaw(tb, c, folder, message(from, subject))
}

func appendRaw(tb testing.TB, c *imapclient.Client, folder, raw string) {
	tb.Helper()
	appendAt(tb, c, folder, raw, time.Now())
}

func appendAt(tb testing.TB, c *imapclient.Client, folder, raw string, at time.Time) {
	tb.Helper()
	cmd := c.Append(folder, int64(len(raw)), &imap.AppendOptions{Time: at})
	if _, err := cmd.Write([]byte(raw)); err != nil {
		tb.Fatal(err)
	}
	_ = cmd.Close()
	if _, err := cmd.Wait(); err != nil {
		tb.Fatal(err)
	}
}

func message(from, subject string) string {
	return fmt.Sprintf("From: %s\r\nTo: alice@rig.test\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@example.org>\r\n\r\nBody of %s.\r\n",
		from, subject, time.Now().Format(time.RFC1123Z), strings.ReplaceAll(subject, " ", "."), subject)
}

// memory keeps positions as long as the test runs.
type memory struct {
	withheld map[parcel.MailRef]store.Withheld
	mu       sync.Mutex
	at       map[string]store.Checkpoint
	asides   []string
}

func newMemory() *memory { return &memory{at: map[string]store.Checkpoint{}} }

func (p *memory) Checkpoint(_ context.Context, mailbox, folder string) (store.Checkpoint, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at[mailbox+"/"+folder], nil
}

func (p *memory) SaveCheckpoint(_ context.Context, mailbox, folder string, n store.Checkpoint) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.at[mailbox+"/"+folder]
	if old.UIDValidity == n.UIDValidity {
		n.UID, n.Scanned = max(n.UID, old.UID), n.Scanned || old.Scanned
	}
	p.at[mailbox+"/"+folder] = n
	return nil
}

func (p *memory) SetAside(_ context.Context, ref parcel.MailRef, _ string, why texts.Text, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asides = append(p.asides, ref.String()+": "+locale.English(why))
	return nil
}

func (p *memory) Withheld(_ context.Context, _, _ string, validity uint32) ([]store.Withheld, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.withheld, func(ref parcel.MailRef, _ store.Withheld) bool { return ref.UIDValidity != validity })
	return slices.Collect(maps.Values(p.withheld)), nil
}

func (p *memory) Withhold(_ context.Context, ref parcel.MailRef, w store.Withheld) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.withheld == nil {
		p.withheld = map[parcel.MailRef]store.Withheld{}
	}
	p.withheld[ref] = w
	return nil
}

func (p *memory) ReleaseMail(_ context.Context, ref parcel.MailRef, _ bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.withheld, ref)
	return nil
}

// watched is a running watcher and what it told.
type watched struct {
	cancel context.CancelFunc
	done   chan error
	log    *logBuffer

	mu     sync.Mutex
	mails  []mailwatch.Mail
	states []parcel.MailboxHealth
	news   chan struct{}
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func watch(tb testing.TB, a mailwatch.Account, p store.Checkpoints) *watched {
	tb.Helper()
	return begin(tb, a, p, func(w *watched) oneByOne { return w.handle })
}

func begin(tb testing.TB, a mailwatch.Account, p store.Checkpoints, handler func(*watched) oneByOne) *watched {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &watched{cancel: cancel, done: make(chan error, 1), log: &logBuffer{}, news: make(chan struct{}, 1)}
	watcher := mailwatch.New(a, p, mailwatch.Options{
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
		OnState: func(h parcel.MailboxHealth) {
			w.mu.Lock()
			w.states = append(w.states, h)
			w.mu.Unlock()
			w.wake()
		},
	})
	handle := handler(w)
	go func() {
		w.done <- watcher.Run(ctx, each(func(ctx context.Context, m mailwatch.Mail) error {
			if err := handle(ctx, m); err != nil {
				return err
			}
			return p.SaveCheckpoint(ctx, m.Ref.Mailbox, m.Ref.Folder, store.Checkpoint{UIDValidity: m.Ref.UIDValidity, UID: m.Ref.UID})
		}))
	}()
	return w
}

// oneByOne handles one mail.
type oneByOne func(context.Context, mailwatch.Mail) error

func each(handle oneByOne) mailwatch.Handler {
	return func(ctx context.Context, mails []mailwatch.Mail) (int, error) {
		for i, m := range mails {
			if err := handle(ctx, m); err != nil {
				return i, err
			}
		}
		return len(mails), nil
	}
}

func (w *watched) handle(_ context.Context, m mailwatch.Mail) error {
	w.mu.Lock()
	w.mails = append(w.mails, m)
	w.mu.Unlock()
	w.wake()
	return nil
}

func (w *watched) wake() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func (w *watched) stop(tb testing.TB) {
	tb.Helper()
	start := time.Now()
	w.cancel()
	if err := <-w.done; err != nil {
		tb.Errorf("Run: %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		tb.Errorf("stopping took %v", took)
	}
}

// until waits for something to become true.
func (w *watched) until(tb testing.TB, what string, limit time.Duration, ok func() bool) time.Duration {
	tb.Helper()
	start := time.Now()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	look := time.NewTicker(20 * time.Millisecond) // a checkpoint is saved without news
	defer look.Stop()
	for !ok() {
		select {
		case <-w.news:
		case <-look.C:
		case <-timer.C:
			tb.Fatalf("%s: not within %v; mail %q\n%s", what, limit, w.subjects(), w.log)
		}
	}
	return time.Since(start)
}

func (w *watched) has(subject string) func() bool {
	return func() bool { return slices.Contains(w.subjects(), subject) }
}

func (w *watched) in(folder string, state parcel.MailboxState) func() bool {
	return func() bool { return w.state(folder).State == state }
}

func (w *watched) state(folder string) parcel.MailboxHealth {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range slices.Backward(w.states) {
		if h.Folder == folder {
			return h
		}
	}
	return parcel.MailboxHealth{}
}

func (w *watched) subjects() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []string{}
	for _, m := range w.mails {
		out = append(out, subjectOf(m))
	}
	return out
}

// forget leaves out what was handed over so far.
func (w *watched) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mails = nil
}

func subjectOf(m mailwatch.Mail) string {
	for line := range strings.SplitSeq(string(m.Raw), "\r\n") {
		if s, ok := strings.CutPrefix(line, "Subject: "); ok {
			return s
		}
	}
	return "?"
}
