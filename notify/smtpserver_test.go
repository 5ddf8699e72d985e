package notify_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is a mail server with scripted responses.
type script struct {
	hello    []string          // extensions
	answers  map[string]string // command line, or its first word, to answer; "-" cuts the connection, "~" repeats the rest without end
	dot      string            // answer to the mail itself; "-" cuts
	cutAfter int               // cuts after so many lines of the mail; 0 for never
	tls      *tls.Config       // implicit, or after STARTTLS if hello contains it
	implicit bool

	mu       sync.Mutex
	commands []string
	mails    []string
}

// dial starts a session with the script, over TCP: an unbuffered pipe cannot take the
// alert of a failing handshake.
func (s *script) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }()
	var d net.Dialer
	here, err := d.DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	there, err := l.Accept()
	if err != nil {
		return nil, err
	}
	go s.serve(there)
	return here, nil
}

// pipe is like dial, but unbuffered: only what the server has read counts as written.
func (s *script) pipe(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	go s.serve(there)
	return here, nil
}

func (s *script) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.commands...)
}

func (s *script) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mails...)
}

func (s *script) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if s.implicit {
		conn = tls.Server(conn, s.tls)
	}
	r := bufio.NewReader(conn)
	if !s.say(conn, s.answer("greeting", "220 mail.example.org")) {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.mu.Lock()
		s.commands = append(s.commands, line)
		s.mu.Unlock()
		word, _, _ := strings.Cut(line, " ")
		switch strings.ToUpper(word) {
		case "EHLO":
			if endless, ok := s.answers["EHLO"]; ok {
				s.say(conn, endless)
				return
			}
			lines := append([]string{"mail.example.org"}, s.hello...)
			for i, l := range lines {
				sep := "-"
				if i == len(lines)-1 {
					sep = " "
				}
				if !s.say(conn, "250"+sep+l) {
					return
				}
			}
		case "STARTTLS":
			if !s.say(conn, s.answer(line, "220 go on")) {
				return
			}
			conn = tls.Server(conn, s.tls)
			r = bufio.NewReader(conn)
			s.hello = []string{"AUTH PLAIN LOGIN XOAUTH2"}
		case "DATA":
			answer := s.answer(line, "354 go on")
			if !s.say(conn, answer) || (strings.HasPrefix(answer, "354") && !s.mail(conn, r)) {
				return
			}
		case "AUTH":
			if !s.say(conn, s.answer(line, "235 welcome")) {
				return
			}
		case "QUIT":
			s.say(conn, "221 bye")
			return
		default:
			if !s.say(conn, s.answer(line, "250 ok")) {
				return
			}
		}
	}
}

// mail reads a mail up to its final dot.
func (s *script) mail(conn net.Conn, r *bufio.Reader) bool {
	var body strings.Builder
	for i := 1; ; i++ {
		line, err := r.ReadString('\n')
		if err != nil || i == s.cutAfter {
			return false
		}
		if line == ".\r\n" {
			break
		}
		body.WriteString(line)
	}
	s.mu.Lock()
	s.mails = append(s.mails, body.String())
	s.mu.Unlock()
	if s.dot == "" {
		return s.say(conn, "250 taken")
	}
	return s.say(conn, s.dot)
}

func (s *script) answer(line, usual string) string {
	if a, ok := s.answers[line]; ok {
		return a
	}
	word, _, _ := strings.Cut(line, " ")
	if a, ok := s.answers[word]; ok {
		return a
	}
	return usual
}

func (s *script) say(conn net.Conn, line string) bool {
	if line == "-" {
		return false
	}
	again, endless := strings.CutPrefix(line, "~")
	for {
		if _, err := fmt.Fprintf(conn, "%s\r\n", again); err != nil || !endless {
			return err == nil
		}
	}
}

// certificate returns a server certificate for mail.example.org and a pool that trusts
// it.
func certificate(t *testing.T, until time.Time) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.org"}, DNSNames: []string{"mail.example.org"},
		NotBefore: until.AddDate(-1, 0, 0), NotAfter: until, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, pool
}
