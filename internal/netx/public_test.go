package netx_test

import (
	"net/netip"
	"testing"

	"parcelwatch/internal/netx"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true, "64:ff9b::5db8:d822": true,
		"127.0.0.1": false, "::1": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "::": false, "fe80::1": false, "fd00::1": false, "224.0.0.1": false, "255.255.255.255": false,
		"::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "2002:a00:1::": false,
		"64:ff9b:1::a00:1": false, "64:ff9b:1:a00:0:100::": false, "64:ff9b:1:ffff:ffff:ffff:ffff:ffff": false, "64:ff9b:2::5db8:d822": true,
		"::10.0.0.1": false, "2001:0:a00:1::": false, "2001:db8::1": false, "2001:200::1": true, "192.0.2.1": false, "203.0.113.7": false, "fe80::1%eth0": false,
	} {
		if got := netx.Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: public %t, want %t", text, got, want)
		}
	}
}
