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

// Dovecot is an IMAP server.
type Dovecot struct {
	Dir  string // its files; mail is in mail/USER/Maildir
	Port int    // IMAP with STARTTLS; Port+1 IMAP over TLS, Port+2 LMTP
}

// NewDovecot is a server in dir that is not started yet. Other users of the
// system must be able to enter dir.
func NewDovecot(ctx context.Context, dir string) (*Dovecot, error) {
	port, err := FreePorts(ctx, 3)
	if err != nil {
		return nil, fmt.Errorf("dovecot: %w", err)
	}
	return &Dovecot{Dir: dir, Port: port}, nil
}

// Up starts the server and returns once it answers. extra are lines for its
// configuration.
func (d *Dovecot) Up(ctx context.Context, extra string) error {
	return run(ctx, []string{"DOVECOT_EXTRA=" + extra}, "dovecot.sh", "start", d.Dir, strconv.Itoa(d.Port))
}

// Down ends the server, where it runs.
func (d *Dovecot) Down(ctx context.Context) error {
	return run(ctx, nil, "dovecot.sh", "stop", d.Dir)
}

// CA is the file of the authority behind the certificates.
func (d *Dovecot) CA() string { return filepath.Join(d.Dir, "tls", "ca.pem") }

// TLS is a configuration that trusts the rig's authority.
func (d *Dovecot) TLS() (*tls.Config, error) {
	pem, err := os.ReadFile(d.CA())
	if err != nil {
		return nil, fmt.Errorf("dovecot: authority: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// Send hands mails to the server over one connection, as another mail server
// would, and returns how many it took.
func (d *Dovecot) Send(ctx context.Context, user string, mails ...string) (int, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(d.Port+2))
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
