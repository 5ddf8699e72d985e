package demo

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

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
