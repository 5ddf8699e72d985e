package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// server is a running server on loopback.
type server struct {
	Addr string

	protocol protocol
	listen   net.Listener
	done     chan struct{}
}

// protocol is a server library.
type protocol interface {
	Serve(l net.Listener) error
	Close() error
}

// listen opens a free port on loopback.
func listen(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: listen: %w", err)
	}
	return l, nil
}

// serve starts a server, which runs until Close.
func serve(l net.Listener, p protocol) server {
	s := server{Addr: l.Addr().String(), protocol: p, listen: l, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		_ = p.Serve(l)
	}()
	return s
}

// Close stops the server and waits for its end.
func (s server) Close() error {
	err := s.protocol.Close()
	_ = s.listen.Close() // the library may not be serving yet and then does not close it
	<-s.done
	return err
}

// The only account of the simulated mail servers.
const (
	Address  = "you@demo.example"
	Password = "demo"
)

// Inbox is an IMAP server in memory with one account.
type Inbox struct {
	server

	user *imapmemserver.User
}

// OpenInbox starts the server on a free loopback port. The caller must close it.
func OpenInbox(ctx context.Context) (*Inbox, error) {
	l, err := listen(ctx)
	if err != nil {
		return nil, err
	}
	return ServeInbox(l)
}

// ServeInbox starts the server on a listener, which Close closes.
func ServeInbox(l net.Listener) (*Inbox, error) {
	user := imapmemserver.NewUser(Address, Password)
	if err := user.Create("INBOX", nil); err != nil {
		return nil, fmt.Errorf("demo: create inbox: %w", err)
	}
	mem := imapmemserver.New()
	mem.AddUser(user)
	return &Inbox{user: user, server: serve(l, imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		InsecureAuth: true, // the connection never leaves this machine
	}))}, nil
}

// Deliver puts a mail into the inbox with the arrival time at.
func (in *Inbox) Deliver(raw []byte, at time.Time) error {
	if _, err := in.user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at}); err != nil {
		return fmt.Errorf("demo: deliver a mail: %w", err)
	}
	return nil
}

// literal is a mail in the form that the server library takes.
type literal struct{ *bytes.Reader }

// Size returns the length of the mail in bytes.
func (l literal) Size() int64 { return l.Reader.Size() }

// Outbound is an SMTP server that keeps the mails it receives.
type Outbound struct {
	server

	mu    sync.Mutex
	mails [][]byte
}

// maxDigest limits a mail, in bytes.
const maxDigest = 1 << 20

// OpenOutbound starts the server on a free loopback port. The caller must close it.
func OpenOutbound(ctx context.Context) (*Outbound, error) {
	l, err := listen(ctx)
	if err != nil {
		return nil, err
	}
	out := &Outbound{}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{out: out}, nil
	}))
	s.Domain = "demo.example"
	s.AllowInsecureAuth = true // the connection never leaves this machine
	s.MaxMessageBytes = maxDigest
	out.server = serve(l, s)
	return out, nil
}

// Mails returns the mails received so far, oldest first.
func (o *Outbound) Mails() [][]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([][]byte(nil), o.mails...)
}

// session is one SMTP session.
type session struct {
	out    *Outbound
	authed bool
}

// AuthMechanisms offers PLAIN only.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth accepts the demo's only account.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != Address || password != Password {
			return smtp.ErrAuthFailed
		}
		s.authed = true
		return nil
	}), nil
}

// Mail starts a mail.
func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.authed {
		return smtp.ErrAuthRequired
	}
	return nil
}

// Rcpt accepts any recipient.
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Data receives the mail.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("demo: take a mail: %w", err)
	}
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	s.out.mails = append(s.out.mails, raw)
	return nil
}

// Reset implements [smtp.Session]; there is nothing to discard.
func (s *session) Reset() {}

// Logout implements [smtp.Session].
func (s *session) Logout() error { return nil }
