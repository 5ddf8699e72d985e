package demo

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Outbound is an SMTP server that keeps what it takes.
type Outbound struct {
	Addr string

	server *smtp.Server
	listen net.Listener
	done   chan struct{}
	mu     sync.Mutex
	mails  [][]byte
}

// maxDigest bounds one mail, as real servers do.
const maxDigest = 1 << 20

// OpenOutbound starts the server on a free port of loopback. Close it.
func OpenOutbound(ctx context.Context) (*Outbound, error) {
	out := &Outbound{done: make(chan struct{})}
	out.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{out: out}, nil
	}))
	out.server.Domain = "demo.example"
	out.server.AllowInsecureAuth = true // the connection never leaves this machine
	out.server.MaxMessageBytes = maxDigest
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: listen for SMTP: %w", err)
	}
	out.Addr, out.listen = l.Addr().String(), l
	go out.serve(l)
	return out, nil
}

// Mails are the mails taken so far, oldest first.
func (o *Outbound) Mails() [][]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([][]byte(nil), o.mails...)
}

// Close stops the server and waits for it.
func (o *Outbound) Close() error {
	err := o.server.Close()
	_ = o.listen.Close() // the server may not have begun yet, and would not know of it
	<-o.done
	return err
}

// session is one client's conversation.
type session struct {
	out    *Outbound
	authed bool
}

// AuthMechanisms offers PLAIN only.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth takes the demo's one account.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != Address || password != Password {
			return smtp.ErrAuthFailed
		}
		s.authed = true
		return nil
	}), nil
}

// Mail begins a mail.
func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.authed {
		return smtp.ErrAuthRequired
	}
	return nil
}

// Rcpt takes any recipient.
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Data takes the mail.
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

// Reset forgets the mail begun.
func (s *session) Reset() {}

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// serve runs until Close, which is the one way for it to end.
func (o *Outbound) serve(l net.Listener) {
	defer close(o.done)
	_ = o.server.Serve(l)
}
