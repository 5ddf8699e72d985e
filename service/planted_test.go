package service_test

import (
	"testing"

	"parcelwatch/service"
)

func TestWhoMayHaveMadeTheServicesFiles(t *testing.T) {
	t.Parallel()
	const me = "S-1-5-21-1004336348-1177238915-682003330-512"
	for sid, want := range map[string]bool{
		"S-1-5-18": true, "S-1-5-32-544": true, "S-1-5-19": true, me: true,
		"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464": true, // TrustedInstaller
		"S-1-5-21-1004336348-1177238915-682003330-1001":                  false,
		"S-1-5-32-545": false, // users
		"S-1-1-0":      false, // everyone
		"S-1-5-20":     false, // the network service
		"S-1-5-180":    false,
		"":             false,
	} {
		if got := service.TrustedOwner(sid, me); got != want {
			t.Errorf("%q is trusted: %t, want %t", sid, got, want)
		}
	}
	if service.TrustedOwner("", "") {
		t.Error("no owner is trusted")
	}
}
