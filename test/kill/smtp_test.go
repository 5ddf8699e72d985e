//go:build unix

package kill_test

import (
	"bytes"
	"io"
	"net"
	"net/mail"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailServer takes every mail and can do something at the moment of acceptance.
type mailServer struct {
	addr string

	mu       sync.Mutex
	taken    []string // Message-IDs, in the order they were accepted
	bodies   map[string][]byte
	onAccept func()
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	s := &mailServer{bodies: map[string][]byte{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &smtpSession{s}, nil }))
	server.AllowInsecureAuth = true
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	done := make(chan struct{})
	go func() { _ = server.Serve(l); close(done) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return s
}

// atAcceptance makes f run when a mail has been taken, before the client hears
// of it.
func (s *mailServer) atAcceptance(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onAccept = f
}

// ids are the Message-IDs taken so far.
func (s *mailServer) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.taken...)
}

type smtpSession struct{ server *mailServer }

func (s *smtpSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, _ string) error { return nil }), nil
}
func (s *smtpSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *smtpSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *smtpSession) Reset()                               {}
func (s *smtpSession) Logout() error                        { return nil }

func (s *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	id := m.Header.Get("Message-ID")
	s.server.taken = append(s.server.taken, id)
	s.server.bodies[id] = raw
	hook := s.server.onAccept
	s.server.onAccept = nil
	s.server.mu.Unlock()
	if hook != nil {
		hook()
	}
	return nil
}
