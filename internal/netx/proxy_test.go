package netx_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/netx"
)

// proxyAt is the proxy at an address.
func proxyAt(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := netx.ParseProxy(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// greeter says one line to everybody.
func greeter(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "hello\n")
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

// connectProxy is an HTTP proxy that wants a password.
func connectProxy(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Header.Get("Proxy-Authorization") != "Basic bWU6aHVudGVyMg==" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		to, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		_, _ = io.Copy(conn, to)
		_, _ = conn.Close(), to.Close()
	}))
	t.Cleanup(s.Close)
	return s
}

func TestAServerIsReachedThroughAnHTTPProxy(t *testing.T) {
	t.Parallel()
	target, proxy := greeter(t), connectProxy(t)
	dial, err := netx.Dialer(proxyAt(t, strings.Replace(proxy.URL, "http://", "http://me:hunter2@", 1)))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := dial(t.Context(), "tcp", target)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "hello\n" || err != nil {
		t.Errorf("got %q, %v", line, err)
	}
}

func TestAProxyThatDoesNotServeIsNamedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	endless := flood(t, "HTTP/1.1 200 OK\r\nX: ", "y")
	for name, tt := range map[string]struct{ address, want string }{
		"an endless one":       {"http://me:hunter3@" + endless, netx.ErrTooMuch.Error()},
		"an endless SOCKS one": {"socks5://me:hunter3@" + flood(t, "", "\x05"), "socks"},
		"a wrong password":     {strings.Replace(connectProxy(t).URL, "http://", "http://me:hunter3@", 1), "407"},
		"nobody there":         {"http://me:hunter3@127.0.0.1:1", "reach proxy"},
		"a silent one":         {"http://me:hunter3@" + silent.Addr().String(), "through proxy"},
		"a silent SOCKS one":   {"socks5://me:hunter3@" + silent.Addr().String(), "socks"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dial, err := netx.Dialer(proxyAt(t, tt.address))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			conn, err := dial(ctx, "tcp", "127.0.0.1:9")
			if err == nil {
				_ = conn.Close()
				t.Fatal("it was reached")
			}
			if s := err.Error(); !strings.Contains(s, tt.want) || strings.Contains(s, "hunter3") {
				t.Errorf("got %q, want %q and no password", s, tt.want)
			}
		})
	}
	if dial, err := netx.Dialer(nil); dial != nil || err != nil {
		t.Errorf("without a proxy: %v, %v", dial != nil, err)
	}
}

// TestAnOwnAuthorityOrFingerprintNeedsTLS12 tries servers that know no newer version.
func TestAnOwnAuthorityOrFingerprintNeedsTLS12(t *testing.T) {
	t.Parallel()
	for version, good := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		server.StartTLS()
		t.Cleanup(server.Close)
		ca := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
			t.Fatal(err)
		}
		for name, given := range map[string][2]string{"authority": {ca, ""}, "fingerprint": {"", netx.PinOf(server.Certificate()).String()}} {
			c, err := netx.TLSConfig("127.0.0.1", given[0], given[1])
			if err != nil {
				t.Fatal(err)
			}
			conn, err := (&tls.Dialer{Config: c}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
			if err == nil {
				_ = conn.Close()
			}
			if (err == nil) != good {
				t.Errorf("%s, %s: %v", name, tls.VersionName(version), err)
			}
		}
	}
}

func TestAnOwnAuthorityOrFingerprintDecides(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	cert := server.Certificate()
	sum := sha256.Sum256(cert.Raw)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	shake := func(c *tls.Config) error {
		conn, err := (&tls.Dialer{Config: c}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	for name, tt := range map[string]struct {
		ca, print string
		good      bool
	}{
		"the authority":                        {ca: ca, good: true},
		"the certificate":                      {print: fmt.Sprintf("sha256:%x", sum), good: true},
		"the certificate as openssl prints it": {print: strings.ToUpper(fmt.Sprintf("% x", sum)), good: true},
		"another certificate":                  {print: "sha256:" + strings.Repeat("00", 32)},
		"the system's opinion ":                {},
	} {
		c, err := netx.TLSConfig("127.0.0.1", tt.ca, tt.print)
		if err != nil {
			t.Fatal(err)
		}
		if err := shake(c); (err == nil) != tt.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := netx.TLSConfig("x", filepath.Join(t.TempDir(), "none"), ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(ca, []byte("no PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := netx.TLSConfig("x", ca, ""); err == nil || !strings.Contains(err.Error(), "PEM") {
		t.Errorf("no PEM: %v", err)
	}
}
