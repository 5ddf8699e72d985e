package netx_test

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/netx"
)

// flood is a server that says something and then the same again without end.
func flood(t *testing.T, first, again string) (address string) {
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
			go func() {
				defer func() { _ = c.Close() }()
				_, _ = c.Read(make([]byte, 1))
				_, err := io.WriteString(c, first)
				for chunk := strings.Repeat(again, 4096); err == nil; {
					_, err = io.WriteString(c, chunk)
				}
			}()
		}
	}()
	return l.Addr().String()
}

func bounded(t *testing.T) *http.Client {
	t.Helper()
	return &http.Client{Transport: netx.Bounded(&http.Transport{}), Timeout: 10 * time.Second}
}

// ask returns how much of an answer was read.
func ask(ctx context.Context, c *http.Client, address string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader("text"))
	if err != nil {
		return 0, err
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	return io.Copy(io.Discard, res.Body)
}

func TestABoundedAnswerEnds(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]struct{ first, again string }{
		"a body":              {"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", "y"},
		"a chunked body":      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\ny\r\n"},
		"a header":            {"HTTP/1.1 200 OK\r\nX: ", "y"},
		"headers":             {"HTTP/1.1 200 OK\r\n", "X: y\r\n"},
		"a status":            {"HTTP/1.1 200 ", "y"},
		"preliminary ones":    {"", "HTTP/1.1 103 Early Hints\r\n\r\n"},
		"a trailer":           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n"},
		"a chunk's extension": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "y"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := ask(t.Context(), bounded(t), "http://"+flood(t, first.first, first.again))
			if err == nil || n > netx.Reply {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
}

func TestABoundedAnswerIsNotInflated(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.CopyN(z, zeros{}, 10<<20)
		_ = z.Close()
	}))
	t.Cleanup(server.Close)
	if n, err := ask(t.Context(), bounded(t), server.URL); err != nil || n > netx.Reply {
		t.Errorf("%d bytes, %v", n, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestABoundedTransportAnswersOften(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 40<<10))
	}))
	t.Cleanup(server.Close)
	client := server.Client()
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("a transport of another kind: %T", client.Transport)
	}
	client.Transport = netx.Bounded(transport)
	for range 3 {
		if n, err := ask(t.Context(), client, server.URL); err != nil || n != 40<<10 {
			t.Fatalf("%d bytes, %v", n, err)
		}
	}
}
