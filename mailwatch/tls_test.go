package mailwatch_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch"
)

// certificate returns a self-signed certificate for a host.
func certificate(t *testing.T, host string, from, to time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func trusting(c tls.Certificate) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(c.Leaf)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// overTLS returns connections to a fake with implicit TLS. They are real ones: an
// unbuffered pipe would block when both sides write.
func overTLS(t *testing.T, f *fake, c tls.Certificate) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	return overTCP(t, f, func(conn net.Conn) net.Conn {
		return tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12})
	})
}

func overTCP(t *testing.T, f *fake, wrap func(net.Conn) net.Conn) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		client, err := (&net.Dialer{}).DialContext(ctx, network, l.Addr().String())
		if err != nil {
			return nil, err
		}
		server, err := l.Accept()
		if err != nil {
			return nil, err
		}
		c := &pipeConn{Conn: client}
		f.mu.Lock()
		f.conns = append(f.conns, c)
		f.mu.Unlock()
		f.accept <- wrap(server)
		return c, nil
	}
}

// pinned accepts only the certificate with this fingerprint.
func pinned(t *testing.T, fingerprint string) *tls.Config {
	t.Helper()
	c, err := netx.TLSConfig("", "", fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCertificates(t *testing.T) {
	now := time.Now()
	good := certificate(t, "imap.example.org", now.Add(-time.Hour), now.Add(time.Hour))
	other := certificate(t, "nas.example.net", now.Add(-time.Hour), now.Add(time.Hour))
	expired := certificate(t, "imap.example.org", now.Add(-48*time.Hour), now.Add(-24*time.Hour))
	digits := fmt.Sprintf("%X", sha256.Sum256(good.Leaf.Raw))
	colons := strings.Trim(regexp.MustCompile("..").ReplaceAllString(digits, "$0:"), ":")
	cases := []struct {
		name   string
		server tls.Certificate
		change func(*mailwatch.Account)
		want   string // part of the explanation; empty if the login works
	}{
		{"own authority", good, func(a *mailwatch.Account) { a.TLSConfig = trusting(good) }, ""},
		{"fingerprint", good, func(a *mailwatch.Account) { a.TLSConfig = pinned(t, "sha256:"+colons) }, ""},
		{"fingerprint of an expired one", expired, func(a *mailwatch.Account) {
			a.TLSConfig = pinned(t, netx.PinOf(expired.Leaf).String())
		}, ""},
		{"nobody knows it", good, func(*mailwatch.Account) {}, "not signed by a trusted authority; if it is self-signed, set ca = FILE, or fingerprint = \"sha256:" + strings.ToLower(digits)},
		{"expired", expired, func(a *mailwatch.Account) { a.TLSConfig = trusting(expired) }, "is not valid today (from "},
		{"for another host", other, func(a *mailwatch.Account) { a.TLSConfig = trusting(other) }, "the certificate is not for imap.example.org; set host to the name it was issued for: nas.example.net"},
		{"not the fingerprint", other, func(a *mailwatch.Account) { a.TLSConfig = pinned(t, digits) }, fmt.Sprintf("not the one configured (it is sha256:%x)", sha256.Sum256(other.Leaf.Raw))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := startFake()
			a := account(s.pipeNet)
			a.Host, a.TLS, a.Dial = "imap.example.org", netx.TLSImplicit, overTLS(t, s, c.server)
			c.change(&a)
			_, err := mailwatch.Check(t.Context(), a)
			got := explain(err, a)
			if (c.want == "") != (err == nil) || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			s.stop(t)
		})
	}
}

// TestOldVersionsOfTLSAreRefused talks to servers that know no newer version. With TLS 1.2
// the connection comes as far as the certificate, which nobody has signed.
func TestOldVersionsOfTLSAreRefused(t *testing.T) {
	good := certificate(t, "imap.example.org", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	for version, want := range map[uint16]string{
		tls.VersionTLS10: "protocol version", tls.VersionTLS11: "protocol version", tls.VersionTLS12: "not signed by a trusted authority",
	} {
		server := &tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: version}
		for mode, wrap := range map[netx.TLSMode]func(net.Conn) net.Conn{
			netx.TLSImplicit: func(c net.Conn) net.Conn { return tls.Server(c, server) },
			netx.TLSStart:    func(c net.Conn) net.Conn { return c },
		} {
			t.Run(tls.VersionName(version)+" "+string(mode), func(t *testing.T) {
				s := startFake()
				s.caps, s.hook = "IMAP4rev1 STARTTLS", upgradeWith(server)
				a := account(s.pipeNet)
				a.Host, a.TLS, a.Dial = "imap.example.org", mode, overTCP(t, s, wrap)
				_, err := mailwatch.Check(t.Context(), a)
				if got := explain(err, a); !strings.Contains(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
				s.stop(t)
			})
		}
	}
}

// upgradeWith returns a hook that answers STARTTLS and starts TLS.
func upgradeWith(config *tls.Config) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, tag, command string) bool {
		if command != "STARTTLS" {
			return false
		}
		c.say("%s OK go on", tag)
		server := tls.Server(c.Conn, config)
		c.Conn = server
		c.lines.Reset(server)
		return true
	}
}

func TestStartTLS(t *testing.T) {
	good := certificate(t, "imap.example.org", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	upgrade := upgradeWith(&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS12})
	cases := []struct {
		name   string
		hook   func(*fakeConn, string, string) bool
		config *tls.Config
		want   string
	}{
		{"works", upgrade, trusting(good), ""},
		{"nobody knows the certificate", upgrade, nil, "not signed by a trusted authority"},
		{"the server has none", refuse("STARTTLS", "BAD unknown command"), trusting(good), "unknown command"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := startFake(message(shop, "one"))
			s.caps, s.hook = "IMAP4rev1 STARTTLS LOGINDISABLED", c.hook
			if c.want == "" {
				s.caps = "IMAP4rev1 STARTTLS"
			}
			a := account(s.pipeNet)
			a.Host, a.TLS, a.TLSConfig = "imap.example.org", netx.TLSStart, c.config
			a.Dial = overTCP(t, s, func(c net.Conn) net.Conn { return c })
			report, err := mailwatch.Check(t.Context(), a)
			got := explain(err, a)
			if (c.want == "") != (err == nil) || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.want == "" && report.Watched[0].Candidates != 1 {
				t.Errorf("report: %+v", report)
			}
			if said := s.last().commands(); strings.Contains(said, testPassword) {
				t.Errorf("the password went in the clear: %q", said)
			}
			s.stop(t)
		})
	}
}

func TestBeforeTLSNothingIsBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		greet, answer, want string
	}{
		"a login before TLS":     {"* PREAUTH welcome", "OK go on", "logs in before TLS"},
		"a goodbye":              {"* BYE too many of you", "OK go on", "too many of you"},
		"an endless greeting":    {"* OK " + strings.Repeat("x", 1<<20), "OK go on", "sends far more than was asked for"},
		"an endless answer":      {"* OK ready", "OK " + strings.Repeat("x", 1<<20), "sends far more than was asked for"},
		"words after the answer": {"* OK ready", "OK go on\r\n* PREAUTH welcome", "does not start the connection with TLS"},
		"no number of lines":     {"* OK ready", "OK\r\n", "TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startFake()
			s.greet = c.greet
			s.hook = func(f *fakeConn, tag, command string) bool {
				f.say("%s %s", tag, c.answer)
				_ = f.Close()
				return command == "STARTTLS"
			}
			a := account(s.pipeNet)
			a.Host, a.TLS = "imap.example.org", netx.TLSStart
			a.Dial = overTCP(t, s, func(c net.Conn) net.Conn { return c })
			_, err := mailwatch.Check(t.Context(), a)
			if got := explain(err, a); err == nil || !strings.Contains(got, c.want) && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
			s.stop(t)
		})
	}
}

func TestAStallWhereTLSShouldStartIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake()
		s.greet = "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready" // otherwise the library requests it and waits outside the fake clock
		s.hook = func(_ *fakeConn, _, command string) bool { return command == "STARTTLS" }
		a := account(s.pipeNet)
		a.Host, a.TLS = "imap.example.org", netx.TLSStart
		start := time.Now()
		_, err := mailwatch.Check(t.Context(), a)
		if got := explain(err, a); !strings.Contains(got, "does not answer") || time.Since(start) > 30*time.Second {
			t.Errorf("after %v: %q", time.Since(start), got)
		}
		s.stop(t)
	})
}

func TestTLSToAServerWithoutOne(t *testing.T) {
	s := startFake()
	a := account(s.pipeNet)
	a.Host, a.TLS = "imap.example.org", netx.TLSImplicit
	a.Dial = overTCP(t, s, func(c net.Conn) net.Conn { return c })
	_, err := mailwatch.Check(t.Context(), a)
	if got := explain(err, a); !strings.Contains(got, `imap.example.org:993 does not start the connection with TLS; use tls = "starttls"`) {
		t.Errorf("got %q", got)
	}
	s.stop(t)
}

func TestATLSStallIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := make(chan net.Conn, 1)
		a := account(newPipeNet())
		a.Host, a.TLS = "imap.example.org", netx.TLSImplicit
		a.Dial = func(context.Context, string, string) (net.Conn, error) {
			client, other := net.Pipe()
			server <- other
			go func() { _, _ = other.Read(make([]byte, 1<<16)) }() // reads the greeting and does not answer
			return client, nil
		}
		start := time.Now()
		_, err := mailwatch.Check(t.Context(), a)
		if got := explain(err, a); !strings.Contains(got, "does not answer") || time.Since(start) > 30*time.Second {
			t.Errorf("after %v: %q", time.Since(start), got)
		}
		_ = (<-server).Close()
	})
}
