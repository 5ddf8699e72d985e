package mailwatch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// ErrFingerprint means that the server shows another certificate than the
// configured one.
var ErrFingerprint = errors.New("the certificate is not the configured one")

const (
	dialLimit = 10 * time.Second
	tlsLimit  = 20 * time.Second
)

// dial opens the network connection, with TLS where it comes first, and puts the
// guard around it.
func dial(ctx context.Context, a Account) (*guard, error) {
	open := a.Dial
	if open == nil {
		open = (&net.Dialer{Timeout: dialLimit}).DialContext
	}
	dialCtx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	raw, err := open(dialCtx, "tcp", a.Addr())
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", a.Addr(), err)
	}
	if a.TLS != TLSImplicit {
		return newGuard(raw, raw), nil
	}
	tlsCtx, cancel := context.WithTimeout(ctx, tlsLimit)
	defer cancel()
	config, err := tlsConfig(a)
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	conn := tls.Client(raw, config)
	if err := conn.HandshakeContext(tlsCtx); err != nil {
		_ = raw.Close()
		if tlsCtx.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("%w for %s", ErrSilent, tlsLimit)
		}
		return nil, fmt.Errorf("start TLS with %s: %w", a.Addr(), err)
	}
	return newGuard(conn, raw), nil
}

// tlsConfig is the configuration for the account's server.
func tlsConfig(a Account) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.TLSConfig != nil {
		config = a.TLSConfig.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = a.Host
	}
	want, err := fingerprintBytes(a.Fingerprint)
	if err != nil || want == nil {
		return config, err
	}
	config.InsecureSkipVerify = true // the exact certificate is compared instead of its chain
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return fmt.Errorf("%w: there is none", ErrFingerprint)
		}
		got := sha256.Sum256(state.PeerCertificates[0].Raw)
		if !bytes.Equal(got[:], want) {
			return fmt.Errorf("%w: it is sha256:%x", ErrFingerprint, got)
		}
		return nil
	}
	return config, nil
}

// fingerprintBytes reads a fingerprint as people write it; nil for none.
func fingerprintBytes(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	digits := strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(strings.ToLower(s), "sha256:"))
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != sha256.Size {
		return nil, fmt.Errorf("%w: fingerprint %q is not a SHA-256 in hexadecimal", ErrAccount, s)
	}
	return b, nil
}
