package web_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/internal/web"
)

// authority signs certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{t: t}
	der, key := a.sign("authority", true)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{t, cert, key}
}

// sign returns a certificate for this machine and its key.
func (a authority) sign(name string, isCA bool) ([]byte, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: isCA, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	return der, key
}

func (a authority) pair(name string) tls.Certificate {
	der, key := a.sign(name, false)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a authority) file(kind string, der []byte) string {
	a.t.Helper()
	path := filepath.Join(a.t.TempDir(), "x.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

func TestOverTLSOnlyBrowsersOfTheAuthorityGetInIfThereIsOne(t *testing.T) {
	t.Parallel()
	ours, theirs := newAuthority(t), newAuthority(t)
	der, key := ours.sign("the page", false)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, keyFile := ours.file("CERTIFICATE", der), ours.file("PRIVATE KEY", raw)
	for _, tt := range []struct {
		name     string
		clientCA string
		change   func(*tls.Config)
		in       bool
	}{
		{"TLS alone", "", func(*tls.Config) {}, true},
		{"old TLS", "", func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 }, false},
		{"a certificate of the authority", ours.file("CERTIFICATE", ours.cert.Raw), func(c *tls.Config) { c.Certificates = []tls.Certificate{ours.pair("browser")} }, true},
		{"no certificate", ours.file("CERTIFICATE", ours.cert.Raw), func(*tls.Config) {}, false},
		{"a certificate of another authority", ours.file("CERTIFICATE", ours.cert.Raw), func(c *tls.Config) { c.Certificates = []tls.Certificate{theirs.pair("browser")} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address := free(t)
			s, _ := locked(t, morning(), func(o *web.Options) {
				o.Config.Listen, o.Config.Certificate, o.Config.Key, o.Config.ClientCA = address, certificate, keyFile, tt.clientCA
			})
			run(t, s)
			_ = dial(t, address)
			roots := x509.NewCertPool()
			roots.AddCert(ours.cert)
			c := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10}
			tt.change(c)
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: c}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			defer client.CloseIdleConnections()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/login", nil)
			if err != nil {
				t.Fatal(err)
			}
			a, err := client.Do(r)
			if err == nil {
				_ = a.Body.Close()
			}
			if (err == nil) != tt.in {
				t.Errorf("%v", err)
			}
		})
	}
}

// free returns an address of this machine whose port is free.
func free(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// run serves until the test ends.
func run(t *testing.T, s *web.Server) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("stopped with %v", err)
		}
	})
}
