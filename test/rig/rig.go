// Package rig starts real mail servers for tests: Dovecot and Postfix, on
// loopback, everything in a folder of the test's own. It needs Debian's packages
// dovecot-imapd, dovecot-lmtpd, postfix and openssl, and root for Postfix.
package rig

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// Password is the one of every account: alice and bob, at rig.test.
const Password = "secret"

// Need skips a test where real servers are not asked for.
func Need(tb testing.TB) {
	tb.Helper()
	if os.Getenv("PARCELWATCH_RIG") == "" {
		tb.Skip("needs real mail servers: set PARCELWATCH_RIG=1 (packages dovecot-imapd dovecot-lmtpd postfix openssl)")
	}
}

// Dovecot is a running IMAP server.
type Dovecot struct {
	Dir  string // its files; mail is in mail/USER/Maildir
	Port int    // IMAP with STARTTLS; Port+1 IMAP over TLS, Port+2 LMTP
}

// StartDovecot starts a server that ends with the test. extra are lines for its
// configuration; fill, where there is one, puts mail into alice's home before.
func StartDovecot(tb testing.TB, extra string, fill func(home string)) *Dovecot {
	tb.Helper()
	Need(tb)
	d := &Dovecot{Dir: filepath.Join(folder(tb), "dovecot"), Port: freePorts(tb, 3)}
	if fill != nil {
		fill(filepath.Join(d.Dir, "mail", "alice"))
	}
	d.Start(tb, extra)
	tb.Cleanup(func() { d.Stop(tb) })
	return d
}

// Start starts the server again after Stop.
func (d *Dovecot) Start(tb testing.TB, extra string) {
	tb.Helper()
	script(tb, []string{"DOVECOT_EXTRA=" + extra}, "dovecot.sh", "start", d.Dir, strconv.Itoa(d.Port))
}

// Stop ends the server.
func (d *Dovecot) Stop(tb testing.TB) {
	tb.Helper()
	script(tb, nil, "dovecot.sh", "stop", d.Dir)
}

// CA is the file of the authority behind the certificates.
func (d *Dovecot) CA() string { return filepath.Join(d.Dir, "tls", "ca.pem") }

// Trust is a TLS configuration that trusts the rig's authority.
func (d *Dovecot) Trust(tb testing.TB) *tls.Config {
	tb.Helper()
	pem, err := os.ReadFile(d.CA())
	if err != nil {
		tb.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// Deliver hands one mail to the server, as another mail server would.
func (d *Dovecot) Deliver(tb testing.TB, user, raw string) {
	tb.Helper()
	conn, err := (&net.Dialer{}).DialContext(tb.Context(), "tcp", "127.0.0.1:"+strconv.Itoa(d.Port+2))
	if err != nil {
		tb.Fatal(err)
	}
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }()
	if err := c.SendMail("shop@example.org", []string{user + "@rig.test"}, strings.NewReader(raw)); err != nil {
		tb.Fatalf("deliver by LMTP: %v", err)
	}
}

// Postfix is a running SMTP server that delivers to a Dovecot.
type Postfix struct {
	Dir  string
	Port int // submission with STARTTLS; Port+1 with TLS from the first byte
}

// StartPostfix starts a server that ends with the test.
func StartPostfix(tb testing.TB, d *Dovecot) *Postfix {
	tb.Helper()
	Need(tb)
	p := &Postfix{Dir: filepath.Join(folder(tb), "postfix"), Port: freePorts(tb, 2)}
	script(tb, nil, "postfix.sh", p.Dir, strconv.Itoa(p.Port), filepath.Join(d.Dir, "tls"),
		filepath.Join(d.Dir, "run", "auth-client"), strconv.Itoa(d.Port+2))
	tb.Cleanup(func() {
		cmd := exec.CommandContext(context.Background(), "postfix", "-c", filepath.Join(p.Dir, "etc"), "stop")
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Errorf("stop postfix: %v\n%s", err, out)
		}
	})
	return p
}

// folder is a folder that other users of the system may enter, unlike TempDir.
func folder(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "parcelwatch-rig-") //nolint:usetesting // TempDir lets nobody else in
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return dir
}

func script(tb testing.TB, env []string, name string, args ...string) {
	tb.Helper()
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.CommandContext(context.Background(), filepath.Join(filepath.Dir(here), name), args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// freePorts finds n free ports in a row.
func freePorts(tb testing.TB, n int) int {
	tb.Helper()
	for range 50 {
		l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		addr, _ := l.Addr().(*net.TCPAddr)
		_ = l.Close()
		all := true
		for i := 1; i < n; i++ {
			next, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:"+strconv.Itoa(addr.Port+i))
			if err != nil {
				all = false
				break
			}
			_ = next.Close()
		}
		if all {
			return addr.Port
		}
	}
	tb.Fatal("no free ports in a row")
	return 0
}
