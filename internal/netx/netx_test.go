package netx_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"parcelwatch/internal/netx"
)

func TestOnlyThisMachineIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost.": true, "127.0.0.1": true, "127.8.8.8": true, "::1": true,
		"": false, "example.org": false, "localhost.example.org": false, "10.0.0.1": false, "0.0.0.0": false,
	} {
		if netx.Loopback(host) != want {
			t.Errorf("%q: %t, want %t", host, !want, want)
		}
	}
}

func TestCredentialsGoOverHTTPSOrToThisMachine(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://example.org": true, "http://127.0.0.1:8080": true, "http://[::1]/x": true,
		"http://example.org": false, "ftp://127.0.0.1": false, "https://": false, "": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if netx.Private(u) != want {
			t.Errorf("%q: %t, want %t", address, !want, want)
		}
	}
}

func TestModeAndPortCompleteEachOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode, want     netx.TLSMode
		port, wantPort int
	}{
		{"", netx.TLSImplicit, 0, 993},
		{"", netx.TLSStart, 143, 143},
		{"", netx.TLSImplicit, 1143, 1143},
		{netx.TLSStart, netx.TLSStart, 0, 143},
		{netx.TLSNone, netx.TLSNone, 0, 143},
		{netx.TLSImplicit, netx.TLSImplicit, 143, 143},
	} {
		if mode, port := netx.Complete(c.mode, c.port, 993, 143); mode != c.want || port != c.wantPort {
			t.Errorf("%q with %d: %q with %d, want %q with %d", c.mode, c.port, mode, port, c.want, c.wantPort)
		}
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"mail.example.org": true, "nas": true, "::1": true, "192.0.2.1": true,
		"": false, "mail.example.org:993": false, "imap://x": false, "-x": false, "a b": false,
	} {
		if netx.IsHost(s) != want {
			t.Errorf("%q: %t, want %t", s, !want, want)
		}
	}
}

func TestFingerprintsAreReadAsProgramsPrintThem(t *testing.T) {
	t.Parallel()
	want := "sha256:" + strings.Repeat("ab", 32)
	colons := strings.Repeat("AB:", 31) + "AB"
	for _, s := range []string{want, strings.ToUpper(want), strings.Repeat("ab", 32), colons, "SHA256:" + colons, " " + colons + "\n", strings.ReplaceAll(colons, ":", " ")} {
		if pin, err := netx.ParsePin(s); err != nil || pin.String() != want {
			t.Errorf("%q: %s, %v", s, pin, err)
		}
	}
	for _, s := range []string{"", "sha256:", "sha256:AB", "sha1:" + strings.Repeat("ab", 32), strings.Repeat("ab", 31), strings.Repeat("zz", 32)} {
		if _, err := netx.ParsePin(s); !errors.Is(err, netx.ErrPin) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "gopher://x", "proxy.example:3128", "http://", "://hunter2@x"} {
		if _, err := netx.ParseProxy(s); !errors.Is(err, netx.ErrProxy) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestServersAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text       string
		protection netx.TLSMode
		want       netx.Server
	}{
		{"imap.example.org", "", netx.Server{Host: "imap.example.org", Port: 993, TLS: netx.TLSImplicit}},
		{" imap.example.org:143 ", "", netx.Server{Host: "imap.example.org", Port: 143, TLS: netx.TLSStart}},
		{"imap.example.org:1143", "", netx.Server{Host: "imap.example.org", Port: 1143, TLS: netx.TLSImplicit}},
		{"127.0.0.1:1143", "starttls", netx.Server{Host: "127.0.0.1", Port: 1143, TLS: netx.TLSStart}},
		{"localhost", "none", netx.Server{Host: "localhost", Port: 143, TLS: netx.TLSNone}},
		{"[::1]:993", "", netx.Server{Host: "::1", Port: 993, TLS: netx.TLSImplicit}},
		{"::1", "", netx.Server{Host: "::1", Port: 993, TLS: netx.TLSImplicit}},
	} {
		if got, err := netx.ParseServer(c.text, c.protection, 993, 143); err != nil || got != c.want {
			t.Errorf("%q: got %+v, %v", c.text, got, err)
		}
	}
	for _, text := range []string{"", "imaps://imap.example.org", "a b", "host:0", "host:99999", "host:x", "-host", "host/path", "me@host"} {
		if got, err := netx.ParseServer(text, "", 993, 143); !errors.Is(err, netx.ErrServer) {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
}
