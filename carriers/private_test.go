package carriers_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"parcelwatch/carriers"
	"parcelwatch/internal/locale"
)

// namesServer answers every question for an address with one address, over UDP on this
// machine.
func namesServer(t *testing.T, answer netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.Additionals = true, nil
			head := dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET}
			switch kind := m.Questions[0].Type; {
			case kind == dnsmessage.TypeA && answer.Is4():
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: answer.As4()}}}
			case kind == dnsmessage.TypeAAAA && answer.Is6():
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: answer.As16()}}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// TestANameThatLeadsToAPrivateNetworkIsNotDialled resolves the name of a public service
// to addresses of this machine and of private networks.
func TestANameThatLeadsToAPrivateNetworkIsNotDialled(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fd00::1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::"} {
		names := namesServer(t, netip.MustParseAddr(address))
		client, err := carriers.NewHTTPClient("", "post.example", names)
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range []string{"post.example", "POST.example"} {
			if err := fetch(t, client, "https://"+host+"/x"); !errors.Is(err, carriers.ErrPrivate) {
				t.Errorf("%s: error %v, want a refusal", address, err)
			}
		}
	}
	// Without the rule the same name is dialled: nothing listens there.
	names := namesServer(t, netip.MustParseAddr("127.0.0.1"))
	client, err := carriers.NewHTTPClient("", "", names)
	if err != nil {
		t.Fatal(err)
	}
	if err := fetch(t, client, "http://post.example:1/"); err == nil || errors.Is(err, carriers.ErrPrivate) {
		t.Errorf("error %v, want one of a connection", err)
	}
}

// TestAPrivateAddressIsExplained puts the refusal into words.
func TestAPrivateAddressIsExplained(t *testing.T) {
	t.Parallel()
	err := &carriers.Error{Kind: carriers.ErrTemporary, Host: "post.example", Cause: &net.OpError{Op: "dial", Err: carriers.ErrPrivate}}
	for language, want := range map[string][2]string{
		"en": {"post.example leads to this machine or to a private network", "endpoint under [carriers.uzpost]"},
		"ru": {"post.example ведёт на этот компьютер или в частную сеть", "endpoint в [carriers.uzpost]"},
	} {
		say, newErr := locale.New(language)
		if newErr != nil {
			t.Fatal(newErr)
		}
		got := say.Text(carriers.Fault("uzpost", err))
		if !strings.Contains(got, want[0]) || !strings.Contains(got, want[1]) || strings.Contains(got, carriers.ErrPrivate.Error()) {
			t.Errorf("%s: %s", language, got)
		}
	}
}
