package netx

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/net/proxy"
)

const proxyTime = 20 * time.Second

// Dial opens a connection.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// ErrProxy is returned for an address that is no proxy's. A proxy may carry a
// password, so the address is never repeated.
var ErrProxy = errors.New("write the proxy as socks5://host:port or http://host:port")

// ParseProxy reads the address of a proxy: http, https, socks5 or socks5h.
func ParseProxy(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"socks5", "socks5h", "http", "https"}, u.Scheme) {
		return nil, ErrProxy
	}
	return u, nil
}

// Dialer connects through the proxy; it is nil without one.
func Dialer(u *url.URL) (Dial, error) {
	if u == nil {
		return nil, nil
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		return tunnel{proxy: u}.dial, nil
	}
	d, err := proxy.FromURL(u, &net.Dialer{Timeout: proxyTime})
	if err != nil {
		return nil, fmt.Errorf("proxy %s: %w", u.Redacted(), err)
	}
	c, ok := d.(proxy.ContextDialer)
	if !ok {
		return nil, fmt.Errorf("proxy %s: %w", u.Redacted(), errors.ErrUnsupported)
	}
	return c.DialContext, nil
}

// tunnel reaches a server through an HTTP proxy's CONNECT.
type tunnel struct{ proxy *url.URL }

func (t tunnel) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, proxyTime)
	defer cancel()
	conn, err := t.reach(ctx, network)
	if err != nil {
		return nil, fmt.Errorf("reach proxy %s: %w", t.proxy.Redacted(), err)
	}
	// Reading an answer knows no context; a closed connection ends it.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	err = t.connect(NewTurns(conn, Limits{Silence: proxyTime, Total: proxyTime, Bytes: Reply}), address)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("through proxy %s: %w", t.proxy.Redacted(), err)
	}
	return conn, nil
}

func (t tunnel) reach(ctx context.Context, network string) (net.Conn, error) {
	port := t.proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[t.proxy.Scheme]
	}
	address := net.JoinHostPort(t.proxy.Hostname(), port)
	if t.proxy.Scheme == "https" {
		return (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}).DialContext(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func (t tunnel) connect(conn net.Conn, address string) error {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if u := t.proxy.User; u != nil {
		password, _ := u.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return err
	}
	// One byte at a time: what follows the answer belongs to the server.
	res, err := http.ReadResponse(bufio.NewReaderSize(oneByte{conn}, 16), req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the proxy says %s", res.Status)
	}
	return nil
}

type oneByte struct{ net.Conn }

func (o oneByte) Read(p []byte) (int, error) { return o.Conn.Read(p[:min(1, len(p))]) }
