package netx

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
)

// ErrPin is returned for a text that is not a fingerprint.
var ErrPin = errors.New(`"sha256:" and 64 hexadecimal digits are expected`)

var errPEM = errors.New("no certificate in PEM form")

// Pin is the SHA-256 of a certificate.
type Pin [sha256.Size]byte

// PinOf is the pin of a certificate.
func PinOf(c *x509.Certificate) Pin { return sha256.Sum256(c.Raw) }

// ParsePin reads a fingerprint as programs print it: 64 hexadecimal digits in
// either case, with or without "sha256:" in front and colons or blanks between.
func ParsePin(s string) (Pin, error) {
	s = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "sha256:")
	b, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(s))
	if err != nil || len(b) != sha256.Size {
		return Pin{}, ErrPin
	}
	return Pin(b), nil
}

// String is "sha256:" and 64 digits, lower case.
func (p Pin) String() string { return "sha256:" + hex.EncodeToString(p[:]) }

// PinError means that the server shows another certificate than the pinned one.
type PinError struct{ Shown Pin }

func (e *PinError) Error() string {
	return "the certificate is not the configured one, it is " + e.Shown.String()
}

// TLSConfig is the TLS configuration for a host with a certificate authority of
// its own (a PEM file) or a pinned certificate. It is nil where neither is given:
// the system's authorities decide.
func TLSConfig(host, caFile, fingerprint string) (*tls.Config, error) {
	return new(Authorities).TLSConfig(host, caFile, fingerprint)
}

// maxAuthorities is how many certificate authorities are remembered.
const maxAuthorities = 1000

// Authorities remembers certificate authorities, so that many servers with the same one
// share it. The zero value is ready, and safe for concurrent use.
type Authorities struct {
	mu    sync.Mutex
	pools map[[sha256.Size]byte]*x509.CertPool // by the content of their files
}

// TLSConfig is like [TLSConfig]. It reads the file each time.
func (a *Authorities) TLSConfig(host, caFile, fingerprint string) (*tls.Config, error) {
	switch {
	case caFile != "":
		pool, err := a.pool(caFile)
		if err != nil {
			return nil, err
		}
		return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: host}, nil
	case fingerprint != "":
		pin, err := ParsePin(fingerprint)
		if err != nil {
			return nil, fmt.Errorf("fingerprint: %w", err)
		}
		return pinned(host, pin), nil
	}
	return nil, nil
}

func (a *Authorities) pool(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file) //nolint:gosec // a configured path
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	sum := sha256.Sum256(pem)
	a.mu.Lock()
	defer a.mu.Unlock()
	if pool := a.pools[sum]; pool != nil {
		return pool, nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("certificate authority: %s: %w", file, errPEM)
	}
	if a.pools == nil || len(a.pools) >= maxAuthorities {
		a.pools = map[[sha256.Size]byte]*x509.CertPool{}
	}
	a.pools[sum] = pool
	return pool, nil
}

// pinned accepts one certificate, no matter who signed it.
func pinned(host string, want Pin) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: host,
		InsecureSkipVerify: true, //nolint:gosec // the exact certificate is compared instead of its chain
		VerifyConnection: func(s tls.ConnectionState) error {
			if got := PinOf(s.PeerCertificates[0]); got != want {
				return &PinError{Shown: got}
			}
			return nil
		},
	}
}
