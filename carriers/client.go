package carriers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"parcelwatch/internal/netx"
)

// ErrEndpoint is returned for an endpoint or proxy that cannot be used.
var ErrEndpoint = errors.New("address cannot be used")

// ErrPrivate is returned for a service whose name resolves to an address of this machine
// or of a private network, although its definition does not say so.
var ErrPrivate = errors.New("the address is of this machine or of a private network")

// callTimeout is the longest a call may take, its body included.
const callTimeout = 45 * time.Second

// newHTTPClient returns the HTTP client of one carrier, with a separate transport,
// few connections and a limit for every phase. proxy is a URL with scheme http,
// https or socks5; if it is empty, the proxy environment variables apply. A connection
// to the public host is refused if its name resolves to an address of a private network;
// "" allows every address. names resolves them; nil for the resolver of the system.
func newHTTPClient(proxy, public string, names *net.Resolver) (*http.Client, error) {
	via := http.ProxyFromEnvironment
	if proxy != "" {
		u, err := netx.ParseProxy(proxy)
		if err != nil {
			return nil, fmt.Errorf("proxy: %w: %w", ErrEndpoint, err)
		}
		via = http.ProxyURL(u)
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Resolver: names}
	guarded := *dialer
	guarded.Control = func(_, address string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err != nil || !netx.Public(at.Addr()) {
			return ErrPrivate
		}
		return nil
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(address); err == nil && strings.EqualFold(host, public) {
			return guarded.DialContext(ctx, network, address)
		}
		return dialer.DialContext(ctx, network, address) // the proxy
	}
	return &http.Client{
		Timeout: callTimeout,
		Transport: &http.Transport{
			Proxy:                  via,
			DialContext:            dial,
			ForceAttemptHTTP2:      true,
			MaxConnsPerHost:        2,
			MaxIdleConnsPerHost:    2,
			MaxIdleConns:           2,
			MaxResponseHeaderBytes: 64 << 10,
			IdleConnTimeout:        90 * time.Second,
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  20 * time.Second,
			ExpectContinueTimeout:  time.Second,
		},
	}, nil
}

// ParseEndpoint parses a URL that replaces a service's scheme and host. Plain http
// is allowed for loopback only, because numbers and credentials travel over it.
func ParseEndpoint(endpoint string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(endpoint, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("endpoint: %w: write it as https://host", ErrEndpoint)
	}
	switch {
	case netx.Private(u):
		return u, nil
	case u.Scheme == "http":
		return nil, fmt.Errorf("endpoint: %w: plain http is allowed to this machine only, use https", ErrEndpoint)
	default:
		return nil, fmt.Errorf("endpoint: %w: scheme %q, use https", ErrEndpoint, u.Scheme)
	}
}
