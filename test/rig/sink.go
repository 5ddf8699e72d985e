package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log" //nolint:depguard // what smtp.Server wants
	"net"
	"net/mail"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Taken is one mail that a sink has taken.
type Taken struct {
	ID  string
	To  []string
	Raw []byte
}

// Sink is an SMTP server that keeps what it takes and says what it is told to.
// Any login is right.
type Sink struct {
	Addr string

	server *smtp.Server
	listen net.Listener
	done   chan struct{}

	mu    sync.Mutex
	taken []Taken
	tries int
	hook  func(Taken) error
	early bool // cut the connection at RCPT
}

// OpenSink starts a server on a free port of loopback. Close it.
func OpenSink(ctx context.Context) (*Sink, error) { return OpenSinkAt(ctx, "127.0.0.1:0") }

// OpenSinkAt starts a server at an address of loopback. Close it.
func OpenSinkAt(ctx context.Context, addr string) (*Sink, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("SMTP sink: %w", err)
	}
	return ServeSink(l), nil
}

// ServeSink starts a server on a listener, which it closes.
func ServeSink(l net.Listener) *Sink {
	s := &Sink{Addr: l.Addr().String(), listen: l, done: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s, conn: c}, nil }))
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	s.server.AllowInsecureAuth = true // the connection never leaves this machine
	s.server.EnableSMTPUTF8 = true
	go func() {
		defer close(s.done)
		_ = s.server.Serve(l) // runs until Close, which is the one way for it to end
	}()
	return s
}

// Close stops the server and waits for it.
func (s *Sink) Close() {
	_ = s.server.Close()
	_ = s.listen.Close() // the server may not have begun yet, and would not know of it
	<-s.done
}

// OnMail makes f decide about each mail before the client hears of it.
func (s *Sink) OnMail(f func(Taken) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = f
}

// ErrTakenAndCut is what a hook answers to keep the mail and cut the connection
// before the client hears of it; an *smtp.SMTPError is said to the client.
var ErrTakenAndCut = errors.New("taken, connection cut")

// CutAtRecipient makes the server cut the connection when it is told a
// recipient.
func (s *Sink) CutAtRecipient(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.early = on
}

// Mails are the mails taken so far, oldest first.
func (s *Sink) Mails() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.taken...)
}

// Tries is how many mails were offered so far.
func (s *Sink) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

func (s *Sink) offered() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries++
}

func (s *Sink) take(t Taken) error {
	s.offered()
	s.mu.Lock()
	hook := s.hook
	s.mu.Unlock()
	var verdict error
	if hook != nil {
		verdict = hook(t)
	}
	if verdict == nil || errors.Is(verdict, ErrTakenAndCut) {
		s.mu.Lock()
		s.taken = append(s.taken, t)
		s.mu.Unlock()
	}
	return verdict
}

type sinkSession struct {
	sink *Sink
	conn *smtp.Conn
	to   []string
}

// AuthMechanisms offers PLAIN only.
func (s *sinkSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth takes anyone.
func (s *sinkSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, _ string) error { return nil }), nil
}

// Mail begins a mail.
func (s *sinkSession) Mail(string, *smtp.MailOptions) error { s.to = nil; return nil }

// Rcpt takes any recipient.
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.sink.mu.Lock()
	early := s.sink.early
	s.sink.mu.Unlock()
	if early {
		return s.conn.Conn().Close()
	}
	s.to = append(s.to, to)
	return nil
}

// Data takes the mail.
func (s *sinkSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("SMTP sink: %w", err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("SMTP sink: %w", err)
	}
	err = s.sink.take(Taken{ID: m.Header.Get("Message-ID"), To: s.to, Raw: raw})
	if errors.Is(err, ErrTakenAndCut) {
		return errors.Join(err, s.conn.Conn().Close())
	}
	return err
}

// Reset forgets the mail begun.
func (s *sinkSession) Reset() { s.to = nil }

// Logout ends the conversation.
func (s *sinkSession) Logout() error { return nil }
