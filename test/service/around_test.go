package service_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// gate is shut for a while; what comes meanwhile waits.
type gate struct {
	mu   sync.Mutex
	shut chan struct{} // nil while open
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = make(chan struct{})
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil {
		close(g.shut)
	}
	g.shut = nil
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut != nil
}

// pass waits at a shut gate, and reports whether there was one.
func (g *gate) pass(ctx context.Context) bool {
	g.mu.Lock()
	shut := g.shut
	g.mu.Unlock()
	if shut == nil {
		return false
	}
	select {
	case <-shut:
	case <-ctx.Done():
	}
	return true
}

// post is a Russian Post that knows no number and can be slow.
type post struct {
	gate
	url string

	seen  sync.Mutex
	asked []string // the requests
}

func startPost(t *testing.T) *post {
	t.Helper()
	p := &post{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		p.seen.Lock()
		p.asked = append(p.asked, string(body))
		p.seen.Unlock()
		p.pass(r.Context())
		w.Header().Set("Content-Type", "application/soap+xml;charset=utf-8")
		_, _ = fmt.Fprint(w, `<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body><ns7:getOperationHistoryResponse xmlns:ns3="http://russianpost.org/operationhistory/data" xmlns:ns7="http://russianpost.org/operationhistory"><ns3:OperationHistoryData/></ns7:getOperationHistoryResponse></S:Body></S:Envelope>`)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(p.open)
	p.url = server.URL
	return p
}

// about is how often it was asked about a number.
func (p *post) about(number string) int {
	p.seen.Lock()
	defer p.seen.Unlock()
	n := 0
	for _, body := range p.asked {
		if strings.Contains(body, number) {
			n++
		}
	}
	return n
}

// mailServer takes mail, or lets its sender wait: for the word that it may
// begin, or for the word that it was taken, which then never comes.
type mailServer struct {
	begin, end gate
	port       int

	seen    sync.Mutex
	waiting int      // senders at a shut gate
	taken   []string // Message-IDs
}

func startMailServer(t *testing.T) *mailServer {
	t.Helper()
	s := &mailServer{}
	ctx, cancel := context.WithCancel(context.Background())
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s, ctx}, nil }))
	server.AllowInsecureAuth = true
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := l.Addr().(*net.TCPAddr)
	s.port = addr.Port
	done := make(chan struct{})
	go func() { _ = server.Serve(l); close(done) }()
	t.Cleanup(func() { cancel(); _ = server.Close(); <-done })
	return s
}

func (s *mailServer) waits() bool {
	s.seen.Lock()
	defer s.seen.Unlock()
	return s.waiting > 0
}

func (s *mailServer) ids() []string {
	s.seen.Lock()
	defer s.seen.Unlock()
	return append([]string(nil), s.taken...)
}

// hold is gate.pass, counted.
func (s *mailServer) hold(ctx context.Context, g *gate) bool {
	if !g.isShut() {
		return false
	}
	s.count(1)
	defer s.count(-1)
	return g.pass(ctx)
}

func (s *mailServer) count(n int) {
	s.seen.Lock()
	defer s.seen.Unlock()
	s.waiting += n
}

type session struct {
	*mailServer
	ctx context.Context //nolint:containedctx // the library's sessions have none
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, _ string) error { return nil }), nil
}
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(string, *smtp.RcptOptions) error {
	s.hold(s.ctx, &s.begin)
	return nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if s.hold(s.ctx, &s.end) {
		return &smtp.SMTPError{Code: 451, Message: "it took too long"}
	}
	s.seen.Lock()
	defer s.seen.Unlock()
	s.taken = append(s.taken, m.Header.Get("Message-ID"))
	return nil
}

// slowLine stands before a server and lets only so much of its words through
// while its gate is shut.
type slowLine struct {
	gate
	port int
}

func startSlowLine(t *testing.T, target, most int) *slowLine {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := l.Addr().(*net.TCPAddr)
	s := &slowLine{port: addr.Port}
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() { s.carry(ctx, c, target, most) })
		}
	})
	t.Cleanup(func() { cancel(); _ = l.Close(); work.Wait() })
	return s
}

func (s *slowLine) carry(ctx context.Context, client net.Conn, target, most int) {
	defer func() { _ = client.Close() }()
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", target))
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	stop := context.AfterFunc(ctx, func() { _, _ = client.Close(), server.Close() })
	defer stop()
	up := make(chan struct{})
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
		close(up)
	}()
	buf := make([]byte, 4096)
	for said := 0; ; {
		n, err := server.Read(buf)
		if said += n; said > most {
			s.pass(ctx)
		}
		if _, wrote := client.Write(buf[:n]); err != nil || wrote != nil {
			break
		}
	}
	_ = client.Close()
	<-up
}
