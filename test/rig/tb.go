package rig

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Need skips a test where real servers are not asked for.
func Need(tb testing.TB) {
	tb.Helper()
	if os.Getenv("PARCELWATCH_RIG") == "" {
		tb.Skip("needs real mail servers: set PARCELWATCH_RIG=1 (packages dovecot-imapd dovecot-lmtpd postfix openssl)")
	}
}

// StartDovecot starts a server that ends with the test. extra are lines for its
// configuration; fill, where there is one, puts mail into alice's home before.
func StartDovecot(tb testing.TB, extra string, fill func(home string)) *Dovecot {
	tb.Helper()
	Need(tb)
	d, err := NewDovecot(tb.Context(), filepath.Join(folder(tb), "dovecot"))
	if err != nil {
		tb.Fatal(err)
	}
	if fill != nil {
		fill(filepath.Join(d.Dir, "mail", "alice"))
	}
	d.Start(tb, extra)
	tb.Cleanup(func() { d.Stop(tb) })
	return d
}

// StartCyrus starts a server that ends with the test, or skips the test where
// this machine has no Cyrus. extra are lines for its imapd.conf.
func StartCyrus(tb testing.TB, extra string) *Cyrus {
	tb.Helper()
	Need(tb)
	c, err := NewCyrus(tb.Context(), filepath.Join(folder(tb), "cyrus"))
	if errors.Is(err, ErrNotHere) {
		tb.Skip("skipped: ", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	c.Start(tb, extra)
	tb.Cleanup(func() { c.Stop(tb) })
	return c
}

// StartOther starts a server of a kind that ends with the test, or skips the test
// where this machine cannot have it.
func StartOther(tb testing.TB, kind string) *Server {
	tb.Helper()
	Need(tb)
	s, err := NewOther(tb.Context(), filepath.Join(folder(tb), kind), kind)
	if errors.Is(err, ErrNotHere) {
		tb.Skip("skipped: ", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	s.Start(tb, "")
	tb.Cleanup(func() { s.Stop(tb) })
	return s
}

// Start starts the server again after Stop.
func (s *Server) Start(tb testing.TB, extra string) {
	tb.Helper()
	if err := s.Up(context.Background(), extra); err != nil {
		tb.Fatal(err)
	}
}

// Stop ends the server.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	if err := s.Down(context.Background()); err != nil {
		tb.Fatal(err)
	}
}

// Trust is a TLS configuration that trusts the rig's authority.
func (s *Server) Trust(tb testing.TB) *tls.Config {
	tb.Helper()
	c, err := s.TLS()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// Deliver hands one mail to the server, as another mail server would.
func (s *Server) Deliver(tb testing.TB, user, raw string) {
	tb.Helper()
	if _, err := s.Send(tb.Context(), user, raw); err != nil {
		tb.Fatal(err)
	}
}

// StartPostfix starts a server that ends with the test.
func StartPostfix(tb testing.TB, d *Dovecot) *Postfix {
	tb.Helper()
	Need(tb)
	p, err := NewPostfix(tb.Context(), filepath.Join(folder(tb), "postfix"))
	if err != nil {
		tb.Fatal(err)
	}
	if err := p.Up(context.Background(), d); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.Down(context.Background()); err != nil {
			tb.Error(err)
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
