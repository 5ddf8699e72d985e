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

// Outbound is an SMTP server that keeps the mails it receives.
type Outbound struct {
	Addr string

	server *smtp.Server
	listen net.Listener
	done   chan struct{}
	mu     sync.Mutex
	mails  [][]byte
}

// maxDigest limits a mail, in bytes.
const maxDigest = 1 << 20

// OpenOutbound starts the server on a free loopback port. The caller must close it.
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

// Mails returns the mails received so far, oldest first.
func (o *Outbound) Mails() [][]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([][]byte(nil), o.mails...)
}

// Close stops the server and waits for its end.
func (o *Outbound) Close() error {
	err := o.server.Close()
	_ = o.listen.Close() // the server may not be serving yet and then does not close it
	<-o.done
	return err
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

// serve runs until Close.
func (o *Outbound) serve(l net.Listener) {
	defer close(o.done)
	_ = o.server.Serve(l)
}
