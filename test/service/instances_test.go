package service_test

import (
	"strings"
	"testing"

	"parcelwatch/test/rig"
)

// account makes a person with a systemd of their own, and returns how a command
// is run as them.
func (b *box) account(t *testing.T, name string) (as []string) {
	t.Helper()
	b.run(t, "useradd", "--create-home", "--shell", "/bin/bash", name)
	b.run(t, "loginctl", "enable-linger", name)
	uid := strings.TrimSpace(b.run(t, "id", "-u", name))
	as = []string{"runuser", "-u", name, "--", "env", "HOME=/home/" + name, "XDG_RUNTIME_DIR=/run/user/" + uid}
	until(t, patience, "their systemd is up", func() bool {
		return strings.Contains(b.try(t, append(append([]string{}, as...), "systemctl", "--user", "is-system-running")...), "running")
	})
	return as
}

// running reports whether a service's own status says that it runs and what it
// watches.
func (b *box) running(t *testing.T, command ...string) bool {
	t.Helper()
	out := b.try(t, command...)
	return strings.Contains(out, "is running") && strings.Contains(out, "watching 1 mailbox")
}

func TestAServiceOfOnesOwnNeedsNoRoot(t *testing.T) {
	b := startBox(t)
	d := rig.StartDovecot(t, "", nil)
	b.run(t, "dpkg-deb", "-x", b.buildPackage(t, "0.9.1"), "/")
	as := b.account(t, "anna")
	anna := func(command ...string) []string { return append(append([]string{}, as...), command...) }
	const dir = "/home/anna/.config/parcelwatch"
	b.put(t, dir+"/imap.pass", rig.Password)
	configure(t, b, d, settings{file: dir + "/parcelwatch.toml", password: `{ file = "imap.pass" }`})
	b.run(t, "chown", "-R", "anna:anna", "/home/anna")

	if said := b.refused(t, anna("parcelwatch", "service", "install")...); !strings.Contains(said, "root is needed; run it with sudo, or add --user") {
		t.Errorf("without --user: %s", said)
	}
	if said := b.run(t, anna("parcelwatch", "service", "install", "--user")...); !strings.Contains(said, "parcelwatch service start --user\n") {
		t.Errorf("what to do next: %s", said)
	}
	b.run(t, anna("parcelwatch", "service", "start", "--user")...)
	status := anna("parcelwatch", "service", "status", "--user")
	until(t, patience, "it runs", func() bool { return b.running(t, status...) })
	d.Deliver(t, "alice", letter("RB123456785CN", collected))
	until(t, patience, "the mail is a parcel", func() bool {
		return strings.Contains(b.try(t, anna("parcelwatch", "list")...), "RB123456785CN")
	})
	if owner := strings.TrimSpace(b.run(t, "stat", "-c", "%U %a", "/home/anna/.local/state/parcelwatch/parcelwatch.db")); owner != "anna 600" {
		t.Errorf("the store belongs to %s", owner)
	}
	b.run(t, anna("parcelwatch", "service", "reload", "--user")...)
	b.run(t, anna("parcelwatch", "service", "restart", "--user")...)
	b.stop(t) // lingering brings it back
	b.start(t)
	until(t, patience, "it runs after a reboot", func() bool { return b.running(t, status...) })
	b.run(t, anna("parcelwatch", "service", "uninstall", "--user")...)
	if said := b.refused(t, status...); !strings.Contains(said, "is not installed") {
		t.Errorf("after uninstall: %s", said)
	}
}

func TestTwoServicesStandSideBySide(t *testing.T) {
	b := startBox(t)
	d := rig.StartDovecot(t, "", nil)
	b.run(t, "dpkg", "-i", b.buildPackage(t, "0.9.1"))
	configure(t, b, d, settings{})
	b.run(t, "parcelwatch", "service", "install")
	b.run(t, "parcelwatch", "service", "start")
	const file, store = "/etc/parcelwatch/family/parcelwatch.toml", "/var/lib/parcelwatch-family/parcelwatch.db"
	b.put(t, "/etc/parcelwatch/family/imap.pass", rig.Password)
	family := settings{
		file: file, password: `{ file = "../smtp.pass" }`,
		more: "[store]\npath = \"" + store + "\"\n[log]\nfile = \"/var/log/parcelwatch-family/family.log\"\n",
	}
	configure(t, b, d, family)
	named := func(action string) []string {
		return []string{"parcelwatch", "--config", file, "service", action, "--name", "family"}
	}
	if said := b.refused(t, named("install")...); !strings.Contains(said, "/etc/parcelwatch/smtp.pass is there for the group parcelwatch") {
		t.Errorf("with a file of the first: %s", said)
	}
	family.password = `{ file = "imap.pass" }`
	configure(t, b, d, family)
	t.Log(b.run(t, named("install")...))
	if again := b.run(t, named("install")...); !strings.Contains(again, "unchanged") {
		t.Errorf("a second install does something:\n%s", again)
	}
	b.run(t, named("start")...)
	for _, status := range [][]string{{"parcelwatch", "service", "status"}, named("status")} {
		until(t, patience, "it runs", func() bool { return b.running(t, status...) })
	}
	if owner := strings.TrimSpace(b.run(t, "stat", "-c", "%U", store)); owner != "family" {
		t.Errorf("the second store belongs to %s", owner)
	}
	if log := b.run(t, "cat", "/var/log/parcelwatch-family/family.log"); !strings.Contains(log, "msg=started") {
		t.Errorf("the log file says %s", log)
	}
	b.run(t, "parcelwatch", "service", "uninstall")
	if !b.running(t, named("status")...) {
		t.Error("the end of the first was the end of the second")
	}
	b.run(t, named("uninstall")...)
	if b.there("/etc/systemd/system/family.service") || !b.there(store) {
		t.Error("the unit is still there, or the store is not")
	}
}
