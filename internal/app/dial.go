package app

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"golang.org/x/net/proxy"

	"parcelwatch/config"
)

const proxyTime = 20 * time.Second

// dialFunc opens a connection.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dialer is how to reach a server: nil for directly, else through the proxy.
func dialer(p config.Proxy) (dialFunc, error) {
	u := p.URL()
	if u == nil {
		return nil, nil
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		return tunnel{proxy: u}.dial, nil
	}
	d, err := proxy.FromURL(u, &net.Dialer{Timeout: proxyTime})
	if err != nil {
		return nil, fmt.Errorf("proxy %s: %w", p, err)
	}
	c, ok := d.(proxy.ContextDialer)
	if !ok {
		return nil, fmt.Errorf("proxy %s: %w", p, errors.ErrUnsupported)
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
	err = t.connect(conn, address)
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

// authority is the TLS configuration for a server with an own authority or a
// known certificate; nil where the system's authorities decide.
func authority(caFile, fingerprint, host string) (*tls.Config, error) {
	switch {
	case caFile != "":
		pem, err := os.ReadFile(caFile) //nolint:gosec // the person names the file
		if err != nil {
			return nil, fmt.Errorf("certificate authority: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificate authority: %s holds no certificate in PEM form", caFile)
		}
		return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: host}, nil
	case fingerprint != "":
		want, err := hex.DecodeString(fingerprint[len("sha256:"):])
		if err != nil {
			return nil, fmt.Errorf("fingerprint: %w", err)
		}
		return pinned(want, host), nil
	}
	return nil, nil
}

// pinned accepts one certificate, whoever signed it.
func pinned(want []byte, host string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: host,
		InsecureSkipVerify: true, //nolint:gosec // the exact certificate is compared instead of its chain
		VerifyConnection: func(s tls.ConnectionState) error {
			got := sha256.Sum256(s.PeerCertificates[0].Raw)
			if string(got[:]) != string(want) {
				return fmt.Errorf("the certificate is not the configured one: it is sha256:%x", got)
			}
			return nil
		},
	}
}
