package service_test

import (
	"strings"
	"testing"

	"parcelwatch/test/rig"
)

// TestTheRPMsLife installs the .rpm with rpm itself. The machine is a Debian, so
// dependencies are not looked at.
func TestTheRPMsLife(t *testing.T) {
	b := startBox(t)
	d := rig.StartDovecot(t, "", nil)
	first, second := b.buildRPM(t, "0.9.1"), b.buildRPM(t, "0.9.2")
	idle := func() bool { return b.idle(t) }
	rpm := func(t *testing.T, verb string, what string) {
		t.Helper()
		if out := b.run(t, "rpm", verb, "--nodeps", what); strings.Contains(out, "scriptlet failed") {
			t.Error(out)
		}
	}
	t.Run("installed, it is enabled and waits for a configuration", func(t *testing.T) {
		rpm(t, "-i", first)
		if got := strings.TrimSpace(b.run(t, "systemctl", "is-enabled", "parcelwatch")); got != "enabled" {
			t.Errorf("it is %s", got)
		}
		if got := b.unit(t, "ActiveState"); got != "inactive" {
			t.Errorf("it is %s", got)
		}
		configure(t, b, d, settings{})
		b.run(t, "parcelwatch", "service", "install")
		b.run(t, "parcelwatch", "service", "start")
		until(t, patience, "the mailbox idles", idle)
	})
	t.Run("upgraded, it runs the new program with the old data", func(t *testing.T) {
		b.run(t, "parcelwatch", "add", "LP00999900000034")
		before := b.pid(t)
		rpm(t, "-U", second)
		until(t, patience, "another process idles", func() bool { return b.pid(t) != before && b.idle(t) })
		if got := b.run(t, "parcelwatch", "version"); !strings.Contains(got, "0.9.2") {
			t.Errorf("it is %s", got)
		}
		if !b.knows(t, "LP00999900000034") {
			t.Error("the parcel is lost")
		}
		if got := strings.TrimSpace(b.run(t, "systemctl", "is-enabled", "parcelwatch")); got != "enabled" {
			t.Errorf("it is %s", got)
		}
	})
	t.Run("disabled by the person, it stays so over an upgrade", func(t *testing.T) {
		b.run(t, "systemctl", "disable", "--now", "parcelwatch")
		rpm(t, "-U", b.buildRPM(t, "0.9.3"))
		if got := strings.TrimSpace(b.try(t, "systemctl", "is-enabled", "parcelwatch")); got != "disabled" {
			t.Errorf("it is %s", got)
		}
		if got := b.unit(t, "ActiveState"); got != "inactive" {
			t.Errorf("it is %s", got)
		}
		b.run(t, "systemctl", "enable", "--now", "parcelwatch")
		until(t, patience, "the mailbox idles", idle)
	})
	t.Run("erased, it is gone and leaves its data", func(t *testing.T) {
		rpm(t, "-e", "parcelwatch")
		b.refused(t, "systemctl", "cat", "parcelwatch")
		if out := b.try(t, "pgrep", "-x", "parcelwatch"); out != "" {
			t.Errorf("it still runs: %s", out)
		}
		if !b.there(configFile) || !b.there(storeFile) || b.there("/etc/systemd/system/multi-user.target.wants/parcelwatch.service") {
			t.Error("configuration or store is gone, or it is still enabled")
		}
	})
}
