package app

import (
	"context"
	"net"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nameServer is a fake DNS with failures.
type nameServer struct{ asked []string }

func (n *nameServer) LookupTXT(_ context.Context, name string) ([]string, error) {
	n.asked = append(n.asked, name)
	switch name {
	case "absent":
		return nil, &net.DNSError{IsNotFound: true}
	case "down":
		return nil, &net.DNSError{IsTimeout: true}
	}
	return []string{"key of " + name}, nil
}

func TestANameServerIsAskedOnceAndNotAtAllOnceItIsDown(t *testing.T) {
	t.Parallel()
	var n nameServer
	r := &oneShot{resolver: &n, known: map[string]answer{}}
	for _, name := range []string{"a", "a", "absent", "absent", "down", "down", "b", "a", "absent"} {
		texts, err := r.LookupTXT(t.Context(), name)
		switch good := name == "a"; {
		case good && (err != nil || texts[0] != "key of a"):
			t.Errorf("%s: %q, %v", name, texts, err)
		case !good && err == nil:
			t.Errorf("%s: %q", name, texts)
		case name == "absent" && !absent(err):
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff([]string{"a", "absent", "down"}, n.asked); diff != "" {
		t.Error(diff)
	}
}

func TestSendersOfRulesAreAddressesOrDomains(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		sender, address string
		want            bool
	}{
		{"shop.example", "info@shop.example", true},
		{"shop.example", "info@mail.SHOP.example", true},
		{"shop.example", "info@othershop.example", false},
		{"shop.example", "info@shop.example.evil.example", false},
		{"shop.example", "shop.example@evil.example", false},
		{"a@shop.example", "a@shop.example", true},
		{"a@shop.example", "aa@shop.example", false},
		{"a@shop.example", "a@shop.examples", false},
	} {
		if got := regexp.MustCompile(senderPattern(tt.sender)).MatchString(tt.address); got != tt.want {
			t.Errorf("%s, %s: %v", tt.sender, tt.address, got)
		}
	}
}
