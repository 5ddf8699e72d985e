package carriers_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/carriers"
)

// clientOf returns the client of a carrier and its transport.
func clientOf(t *testing.T, proxy string) (*http.Client, *http.Transport) {
	t.Helper()
	client, err := carriers.NewHTTPClient(proxy, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is a %T", client.Transport)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return client, transport
}

func fetch(t *testing.T, client *http.Client, address string) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// TestAnAnswerThatDripsEndsAfter45Seconds reads, in simulated time, a body that never ends.
func TestAnAnswerThatDripsEndsAfter45Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, transport := clientOf(t, "")
		transport.Proxy = nil
		var server sync.WaitGroup
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			server.Go(func() { drip(there) })
			return here, nil
		}
		began := time.Now()
		err := fetch(t, client, "http://post.example/")
		var slow net.Error
		if took := time.Since(began); took != 45*time.Second || !errors.As(err, &slow) || !slow.Timeout() {
			t.Errorf("after %v: %v", took, err)
		}
		server.Wait()
	})
}

// drip answers a request with a byte a second until the other side closes.
func drip(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
		return
	}
	_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
	for err == nil {
		time.Sleep(time.Second)
		_, err = io.WriteString(conn, "x")
	}
}

// TestPostsAreAskedOverTLS12 tries servers that know no newer version. With TLS 1.2 the
// connection comes as far as the certificate, which nobody has signed.
func TestPostsAreAskedOverTLS12(t *testing.T) {
	t.Parallel()
	for version, want := range map[uint16]string{
		tls.VersionTLS10: "protocol version", tls.VersionTLS11: "protocol version", tls.VersionTLS12: "certificate",
	} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		server.StartTLS()
		t.Cleanup(server.Close)
		client, _ := clientOf(t, "")
		if err := fetch(t, client, server.URL); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", tls.VersionName(version), err, want)
		}
	}
}

// TestThroughAProxyThePostMeetsOnlyTheProxy asks for a name that does not exist: the proxy
// gets it unresolved.
func TestThroughAProxyThePostMeetsOnlyTheProxy(t *testing.T) {
	t.Parallel()
	for scheme, heard := range map[string]func(net.Conn) string{"http": connectHost, "socks5": socksHost} {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		got := make(chan string, 1)
		go func() {
			conn, err := l.Accept()
			if err != nil {
				got <- err.Error()
				return
			}
			got <- heard(conn)
			_ = conn.Close()
		}()
		client, _ := clientOf(t, (&url.URL{Scheme: scheme, Host: l.Addr().String()}).String())
		if err := fetch(t, client, "https://post.invalid/"); err == nil {
			t.Errorf("%s: the proxy hung up and there is an answer", scheme)
		}
		if host := <-got; host != "post.invalid" {
			t.Errorf("%s: the proxy is asked for %q", scheme, host)
		}
	}
}

// connectHost returns the host that a client asks an HTTP proxy for.
func connectHost(conn net.Conn) string {
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return err.Error()
	}
	return req.URL.Hostname()
}

// socksHost returns the host that a client asks a SOCKS5 proxy for (RFC 1928).
func socksHost(conn net.Conn) string {
	read := func(n byte) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(conn, b)
		return b
	}
	read(read(2)[1]) // version and count of methods, methods
	_, _ = conn.Write([]byte{5, 0})
	if head := read(5); head[3] == 3 { // a name, not an address
		return string(read(head[4]))
	}
	return "an address"
}
