package rig

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"
)

// Password is the one of every account: alice and bob, at rig.test.
const Password = "secret"

// Server is an IMAP server, whichever.
type Server struct {
	Dir  string // its files
	Port int    // IMAP with STARTTLS; Port+1 IMAP over TLS, Port+2 LMTP
	kind string
}

func newServer(ctx context.Context, dir, kind string) (Server, error) {
	port, err := FreePorts(ctx, 3)
	if err != nil {
		return Server{}, fmt.Errorf("%s: %w", kind, err)
	}
	return Server{Dir: dir, Port: port, kind: kind}, nil
}

// Up starts the server and returns once it answers. extra are lines for its
// configuration.
func (s *Server) Up(ctx context.Context, extra string) error {
	return run(ctx, []string{strings.ToUpper(s.kind) + "_EXTRA=" + extra}, s.kind+".sh", "start", s.Dir, strconv.Itoa(s.Port))
}

// Down ends the server, where it runs.
func (s *Server) Down(ctx context.Context) error {
	return run(ctx, nil, s.kind+".sh", "stop", s.Dir)
}

// CA is the file of the authority behind the certificates.
func (s *Server) CA() string { return filepath.Join(s.Dir, "tls", "ca.pem") }

// TLS is a configuration that trusts the rig's authority.
func (s *Server) TLS() (*tls.Config, error) {
	pem, err := os.ReadFile(s.CA())
	if err != nil {
		return nil, fmt.Errorf("%s: authority: %w", s.kind, err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// Send hands mails to the server over one connection, as another mail server
// would, and returns how many it took.
func (s *Server) Send(ctx context.Context, user string, mails ...string) (int, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(s.Port+2))
	if err != nil {
		return 0, fmt.Errorf("deliver by LMTP: %w", err)
	}
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }()
	for i, raw := range mails {
		if err := c.SendMail("shop@example.org", []string{user + "@rig.test"}, strings.NewReader(raw)); err != nil {
			return i, fmt.Errorf("deliver by LMTP: %w", err)
		}
	}
	return len(mails), nil
}
