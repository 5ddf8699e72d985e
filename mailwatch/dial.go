package mailwatch

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"parcelwatch/internal/netx"
)

const (
	dialLimit = 10 * time.Second
	tlsLimit  = 20 * time.Second
)

// dial opens the network connection, with implicit TLS if configured, and wraps it in
// a link.
func dial(ctx context.Context, a Account) (link, error) {
	open := a.Dial
	if open == nil {
		open = (&net.Dialer{Timeout: dialLimit}).DialContext
	}
	dialCtx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	raw, err := open(dialCtx, "tcp", a.Addr())
	if err != nil {
		return link{}, fmt.Errorf("connect to %s: %w", a.Addr(), err)
	}
	if a.TLS != netx.TLSImplicit {
		return newLink(raw, raw), nil
	}
	tlsCtx, cancel := context.WithTimeout(ctx, tlsLimit)
	defer cancel()
	conn := tls.Client(raw, tlsConfig(a))
	if err := conn.HandshakeContext(tlsCtx); err != nil {
		_ = raw.Close()
		if tlsCtx.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("%w for %s", netx.ErrSilent, tlsLimit)
		}
		return link{}, fmt.Errorf("start TLS with %s: %w", a.Addr(), err)
	}
	return newLink(conn, raw), nil
}

// tlsConfig returns the TLS configuration for the account's server.
func tlsConfig(a Account) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.TLSConfig != nil {
		config = a.TLSConfig.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = a.Host
	}
	return config
}
