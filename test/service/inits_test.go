package service_test

import (
	"os"
	"strings"
	"testing"

	"parcelwatch/test/rig"
)

// TestUnderOlderInits is about machines whose services are scripts. It is asked
// for by a variable of its own: making those machines takes a minute and a half.
func TestUnderOlderInits(t *testing.T) {
	if os.Getenv("PARCELWATCH_INITS") == "" {
		t.Skip("needs machines with OpenRC and SysV: set PARCELWATCH_INITS=1 beside PARCELWATCH_RIG=1")
	}
	for _, init := range []struct {
		name, platform string
		revives        bool
	}{{"openrc", "linux-openrc", true}, {"sysv", "unix-systemv", false}} {
		t.Run(init.name, func(t *testing.T) {
			b := startBoxWith(t, init.name)
			d := rig.StartDovecot(t, "", nil)
			b.run(t, "dpkg-deb", "-x", b.buildPackage(t, "0.9.1"), "/")
			b.put(t, "/etc/parcelwatch/imap.pass", rig.Password)
			configure(t, b, d, settings{password: `{ file = "imap.pass" }`})
			says := func(t *testing.T, action, want string) {
				t.Helper()
				if out := b.try(t, "parcelwatch", "service", action); !strings.Contains(out, want) {
					t.Errorf("%s says %q, want %q", action, out, want)
				}
			}
			watches := func() bool { return strings.Contains(b.try(t, "parcelwatch", "status", "--json"), `"idle"`) }

			says(t, "status", "parcelwatch is not installed ("+init.platform+")")
			says(t, "start", "the service is not installed; run: parcelwatch service install")
			says(t, "uninstall", "parcelwatch was not installed")
			t.Log(b.run(t, "parcelwatch", "service", "install"))
			b.run(t, "parcelwatch", "service", "install")
			says(t, "status", "parcelwatch is installed and not running")
			b.run(t, "parcelwatch", "service", "start")
			says(t, "status", "parcelwatch is running")
			until(t, patience, "it watches", watches)
			d.Deliver(t, "alice", letter("RB123456785CN", collected))
			until(t, patience, "the mail is a parcel", func() bool { return b.knows(t, "RB123456785CN") })
			for _, action := range []string{"restart", "reload"} {
				b.run(t, "parcelwatch", "service", action)
				says(t, "status", "parcelwatch is running")
			}

			before := b.try(t, "pgrep", "-x", "parcelwatch")
			b.run(t, "pkill", "-KILL", "-x", "parcelwatch") // inside the box
			if init.revives {
				until(t, patience, "it is back", func() bool {
					now := b.try(t, "pgrep", "-x", "parcelwatch")
					return now != "" && now != before
				})
			} else {
				until(t, patience, "it is known to be gone", func() bool {
					return strings.Contains(b.try(t, "parcelwatch", "service", "status"), "not running")
				})
				b.run(t, "parcelwatch", "service", "start")
			}
			b.stop(t)
			b.start(t)
			until(t, patience, "it watches after a reboot", watches)

			b.run(t, "parcelwatch", "service", "stop")
			says(t, "status", "parcelwatch is installed and not running")
			says(t, "stop", "parcelwatch is stopped")
			b.run(t, "parcelwatch", "service", "uninstall")
			says(t, "uninstall", "parcelwatch was not installed")
			if left := b.try(t, "sh", "-c", "find /etc/init.d /etc/rc?.d /etc/runlevels -name '*parcelwatch*' 2>/dev/null"); left != "" {
				t.Errorf("left behind: %s", left)
			}
			if !b.there(storeFile) {
				t.Error("the store is gone")
			}
		})
	}
}
