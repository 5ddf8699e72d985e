package carriers

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parcelwatch/internal/netx"
)

// ErrEndpoint is returned for an endpoint or proxy that cannot be used.
var ErrEndpoint = errors.New("address cannot be used")

// callTimeout is the longest a call may take, its body included.
const callTimeout = 45 * time.Second

// NewHTTPClient returns the HTTP client of one carrier, with a separate transport,
// few connections and a limit for every phase. proxy is a URL with scheme http,
// https or socks5; if it is empty, the proxy environment variables apply.
func NewHTTPClient(proxy string) (*http.Client, error) {
	via := http.ProxyFromEnvironment
	if proxy != "" {
		u, err := netx.ParseProxy(proxy)
		if err != nil {
			return nil, fmt.Errorf("proxy: %w: %w", ErrEndpoint, err)
		}
		via = http.ProxyURL(u)
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{
		Timeout: callTimeout,
		Transport: &http.Transport{
			Proxy:                  via,
			DialContext:            dialer.DialContext,
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
