package service_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/test/rig"
)

// TestEachErrorIsTheOneDescribed provokes the errors of docs/service.md that need
// no patience, and compares the words.
func TestEachErrorIsTheOneDescribed(t *testing.T) {
	b := startBox(t)
	d := rig.StartDovecot(t, "", nil)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "service.md"))
	if err != nil {
		t.Fatal(err)
	}
	b.run(t, "dpkg", "-i", b.buildPackage(t, "0.9.1"))
	b.run(t, "useradd", "--create-home", "anna")
	inline := settings{password: `"` + rig.Password + `"`}
	fresh := func(t *testing.T) { t.Helper(); configure(t, b, d, inline) }
	sh := func(script string) []string { return []string{"sh", "-c", script} }
	install, start := sh("parcelwatch service install"), sh("parcelwatch service start")
	journal := func(command string) []string {
		return sh(command + "; journalctl -u parcelwatch --no-pager -n 20; systemctl reset-failed parcelwatch; false")
	}
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T)
		command []string
		said    string // as docs/service.md has it
		more    string
	}{
		{"no configuration to start with", nil, start, "there is no configuration", configFile},
		{"no configuration for systemd", nil, sh("systemctl start parcelwatch"), "Assertion failed on job for parcelwatch.service", ""},
		{"no configuration anywhere", nil, sh("HOME=/nonexistent parcelwatch list"), "no configuration file: looked for", "--config"},
		{"another configuration that is not there", nil, sh("parcelwatch --config /etc/no.toml service install"), "name the right one with --config", "/etc/no.toml"},
		{"not root", fresh, sh("runuser -u anna -- parcelwatch service start"), "root is needed", "--user"},
		{"not root, and a configuration of root's", fresh, sh("runuser -u anna -- parcelwatch service install"), "no permission for", "use sudo"},
		{"no such service", fresh, sh("parcelwatch service stop --name other"), "the service is not installed", ""},
		{"secrets for all", fresh, sh("chmod 644 " + configFile + "; parcelwatch service install"), "others can read this file", "chmod 600"},
		{"somebody else's file", fresh, sh("chown anna " + configFile + "; parcelwatch service install"), "others can change this file", "chown root"},
		{"a file in a closed folder", func(t *testing.T) {
			t.Helper()
			b.put(t, "/root/imap.pass", rig.Password)
			configure(t, b, d, settings{password: `{ file = "/root/imap.pass" }`})
		}, install, "is closed to it; move the file", "/root/imap.pass"},
		{"a program in a closed folder", fresh, sh("cp /usr/bin/parcelwatch /root/; /root/parcelwatch service install"), "cannot run", "/root/parcelwatch"},
		{"a program among temporary files", fresh, sh("cp /usr/bin/parcelwatch /var/tmp/; /var/tmp/parcelwatch service install"), "which a service does not see", ""},
		{"a store among other things", func(t *testing.T) {
			t.Helper()
			s := inline
			s.more = "[store]\npath = \"/var/lib/parcelwatch.db\""
			configure(t, b, d, s)
		}, install, "holds other things", "[store] path"},
		{"a file never given to the service", fresh, journal("systemctl start parcelwatch"), "no permission for", configFile},
		{"a credential that is not there", func(t *testing.T) {
			t.Helper()
			configure(t, b, d, settings{})
			b.run(t, "parcelwatch", "service", "install")
			b.run(t, "rm", "/etc/credstore/imap.pass")
			b.run(t, "systemctl", "daemon-reload")
		}, journal("systemctl start parcelwatch"), "status=243/CREDENTIALS", ""},
		{"a second daemon", func(t *testing.T) {
			t.Helper()
			b.run(t, "rm", dropIn)
			fresh(t)
			b.run(t, "systemctl", "daemon-reload")
			b.run(t, "parcelwatch", "service", "install")
			b.run(t, "parcelwatch", "service", "start")
			until(t, patience, "the mailbox idles", func() bool { return b.idle(t) })
		}, sh("parcelwatch run"), "another daemon runs on this store (process", storeFile},
		{"a restore under a running service", nil, sh("parcelwatch backup /root/copy.db; parcelwatch restore /root/copy.db"), "another daemon runs on this store (process", ""},
		{"a store of a newer version", func(t *testing.T) {
			t.Helper()
			b.run(t, "parcelwatch", "service", "stop")
			inStore(t, filepath.Join(b.root, storeFile), `INSERT INTO schema_version (version_id, is_applied) VALUES (999, 1)`)
			b.run(t, "chown", "-R", "parcelwatch:parcelwatch", filepath.Dir(storeFile))
		}, journal("systemctl start parcelwatch"), "the store was written by a newer version", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.prepare != nil {
				c.prepare(t)
			}
			said := b.refused(t, c.command...)
			if !strings.Contains(said, c.said) || !strings.Contains(said, c.more) {
				t.Errorf("it says %q, want %q and %q", said, c.said, c.more)
			}
			if !strings.Contains(string(page), c.said) {
				t.Errorf("docs/service.md does not explain %q", c.said)
			}
		})
	}
}
