//go:build unix

package command

import (
	"bytes"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	upstream "github.com/emersion/go-sasl"

	"parcelwatch/internal/demo"
)

// tokenBox is an IMAP server that accepts no passwords and only valid tokens.
type tokenBox struct {
	Addr string
	user *imapmemserver.User
	mu   sync.Mutex
	good func(token string) bool
	seen []string // received user names and tokens
}

func openTokenBox(t *testing.T, good func(string) bool) *tokenBox {
	t.Helper()
	b := &tokenBox{user: imapmemserver.NewUser(demo.Address, demo.Password), good: good}
	if err := b.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	mem := imapmemserver.New()
	mem.AddUser(b.user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &tokenSession{Session: mem.NewSession(), box: b}, nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true,
	})
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.Addr = l.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = l.Close() // the server may not be serving yet
		<-done
	})
	return b
}

func (b *tokenBox) deliver(t *testing.T, raw []byte) {
	t.Helper()
	if _, err := b.user.Append("INBOX", bytes.NewReader(raw), &imap.AppendOptions{Time: time.Now()}); err != nil {
		t.Fatal(err)
	}
}

type tokenSession struct {
	imapserver.Session
	box *tokenBox
}

// AuthenticateMechanisms implements imapserver.SessionSASL.
func (*tokenSession) AuthenticateMechanisms() []string { return []string{"XOAUTH2"} }

// Authenticate implements imapserver.SessionSASL.
func (s *tokenSession) Authenticate(string) (upstream.Server, error) { return s, nil }

// Next implements sasl.Server: it checks the client's token.
func (s *tokenSession) Next(response []byte) (challenge []byte, done bool, err error) {
	user, token, ok := strings.Cut(strings.TrimPrefix(string(response), "user="), "\x01auth=Bearer ")
	token = strings.TrimRight(token, "\x01")
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.seen = append(s.box.seen, user+" "+token)
	if !ok || user != demo.Address || !s.box.good(token) {
		return nil, true, imapserver.ErrAuthFailed
	}
	return nil, true, s.Login(demo.Address, demo.Password)
}

// tokenOutbox accepts mail only after XOAUTH2. It supports only the SMTP commands of a
// login.
func tokenOutbox(t *testing.T) (addr string, shown func() string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var seen string
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "220 hello\r\n")
			for {
				b := make([]byte, 1024)
				n, err := conn.Read(b)
				if err != nil {
					break
				}
				line := string(b[:n])
				switch {
				case strings.HasPrefix(line, "EHLO"):
					_, _ = io.WriteString(conn, "250-hello\r\n250 AUTH XOAUTH2\r\n")
				case strings.HasPrefix(line, "AUTH XOAUTH2 "):
					raw, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(line, "AUTH XOAUTH2 ")))
					mu.Lock()
					seen = string(raw)
					mu.Unlock()
					_, _ = io.WriteString(conn, "235 welcome\r\n")
				default:
					_, _ = io.WriteString(conn, "221 bye\r\n")
				}
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String(), func() string {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}
