package mailwatch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"parcelwatch/internal/netx"
	"parcelwatch/mail"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
)

// pipeNet is a network of pipes, which works inside a synctest bubble.
type pipeNet struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	conns []*pipeConn
	dials int
	fail  error // error of the next dials
}

func newPipeNet() *pipeNet {
	return &pipeNet{accept: make(chan net.Conn), closed: make(chan struct{})}
}

func (n *pipeNet) Accept() (net.Conn, error) {
	select {
	case c := <-n.accept:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *pipeNet) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

func (n *pipeNet) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (n *pipeNet) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	n.mu.Lock()
	n.dials++
	fail := n.fail
	n.mu.Unlock()
	if fail != nil {
		return nil, fail
	}
	client, server := net.Pipe()
	c := &pipeConn{Conn: client}
	n.mu.Lock()
	n.conns = append(n.conns, c)
	n.mu.Unlock()
	select {
	case n.accept <- server:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *pipeNet) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

func (n *pipeNet) last() *pipeConn {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.conns[len(n.conns)-1]
}

func (n *pipeNet) refuse(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fail = err
}

// pipeConn records what the client sends and can swallow everything, like a link that
// drops packets.
type pipeConn struct {
	net.Conn
	mu   sync.Mutex
	hole bool
	said bytes.Buffer
	read int
}

func (c *pipeConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.said.Write(p)
	hole := c.hole
	c.mu.Unlock()
	if hole {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *pipeConn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		c.mu.Lock()
		hole := c.hole
		c.read += n
		c.mu.Unlock()
		if !hole || err != nil {
			return n, err
		}
	}
}

func (c *pipeConn) blackHole() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hole = true
}

func (c *pipeConn) commands() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.String()
}

// memServer is the library's server with one user.
type memServer struct {
	*pipeNet
	user *imapmemserver.User
	srv  *imapserver.Server
	done chan error
}

const (
	testUser     = "alice@example.org"
	testPassword = "correct horse"
	shop         = "AliExpress <transaction@notice.aliexpress.com>"
	friend       = "Ann Example <ann@example.org>"
)

func startMem(t *testing.T) *memServer {
	t.Helper()
	user := imapmemserver.NewUser(testUser, testPassword)
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	mem := imapmemserver.New()
	mem.AddUser(user)
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true, Logger: discard{},
	})
	s := &memServer{pipeNet: newPipeNet(), user: user, srv: srv, done: make(chan error, 1)}
	go func() { s.done <- srv.Serve(s.pipeNet) }()
	return s
}

func (s *memServer) stop(t *testing.T) {
	t.Helper()
	_ = s.srv.Close()
	if err := <-s.done; err != nil {
		t.Errorf("server: %v", err)
	}
}

func (s *memServer) add(t *testing.T, folder, from, subject string) imap.UID {
	t.Helper()
	return s.addRaw(t, folder, message(from, subject), time.Now())
}

func (s *memServer) addRaw(t *testing.T, folder, raw string, at time.Time) imap.UID {
	t.Helper()
	data, err := s.user.Append(folder, literal{strings.NewReader(raw)}, &imap.AppendOptions{Time: at})
	if err != nil {
		t.Fatal(err)
	}
	return data.UID
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

type discard struct{}

func (discard) Printf(string, ...any) {}

func message(from, subject string) string {
	return fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@example.org>\r\n\r\nBody of %s.\r\n",
		from, testUser, subject, time.Now().Format(time.RFC1123Z), strings.ReplaceAll(subject, " ", "."), subject)
}

// run is a running watcher.
type run struct {
	inbox     *inbox
	positions *memPositions
	cancel    context.CancelFunc
	done      chan error
	log       *syncBuffer

	mu     sync.Mutex
	states []parcel.MailboxHealth
	steps  []mailwatch.Progress
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func account(n *pipeNet) mailwatch.Account {
	return mailwatch.Account{
		Name: "home", Host: "localhost", TLS: netx.TLSNone, Dial: n.dial,
		Auth:    password(testPassword),
		Senders: senders("aliexpress.com"),
	}
}

func password(p string) mailwatch.Authenticator {
	return func(context.Context) (mailwatch.Credential, error) {
		return mailwatch.Credential{Username: testUser, Password: p}, nil
	}
}

func watch(a mailwatch.Account, p *memPositions, in *inbox) *run {
	ctx, cancel := context.WithCancel(context.Background())
	r := &run{inbox: in, positions: p, cancel: cancel, done: make(chan error, 1), log: &syncBuffer{}}
	w := mailwatch.New(a, p, mailwatch.Options{
		Log: slog.New(slog.NewTextHandler(r.log, nil)),
		OnState: func(h parcel.MailboxHealth) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.states = append(r.states, h)
		},
		OnProgress: func(s mailwatch.Progress) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.steps = append(r.steps, s)
		},
	})
	go func() { r.done <- w.Run(ctx, p.recording(in.handle)) }()
	return r
}

func (r *run) stop(t *testing.T) {
	t.Helper()
	start := time.Now()
	r.cancel()
	if err := <-r.done; err != nil {
		t.Errorf("Run: %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
}

func (r *run) state(folder string) parcel.MailboxHealth {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range slices.Backward(r.states) {
		if h.Folder == folder {
			return h
		}
	}
	return parcel.MailboxHealth{}
}

// changes returns the states that a folder went through.
func (r *run) changes(folder string) []parcel.MailboxState {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []parcel.MailboxState
	for _, h := range r.states {
		if h.Folder == folder {
			out = append(out, h.State)
		}
	}
	return slices.Compact(out)
}

// settle waits until everything that needs no time has happened.
func settle() { synctest.Wait() }

// pass advances the time.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

var errTest = errors.New("made up for the test")

// senders selects the mail of domains and addresses.
func senders(list ...string) mail.Senders { return mail.NewSenders(mail.Choice{Domains: list}) }
