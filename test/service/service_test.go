package service_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/test/rig"
)

// TestThePackagesLife is one machine's story, told in order: each chapter begins
// where the one before ended.
func TestThePackagesLife(t *testing.T) {
	b := startBox(t)
	d := rig.StartDovecot(t, "", nil)
	first, second := b.buildPackage(t, "0.9.1"), b.buildPackage(t, "0.9.2")
	m := startMailServer(t)
	idle := func() bool { return b.idle(t) }
	chapters := []struct {
		name string
		tell func(t *testing.T)
	}{
		{"installed, it is enabled and waits for a configuration", func(t *testing.T) {
			b.run(t, "dpkg", "-i", first)
			if got := b.run(t, "systemctl", "is-enabled", "parcelwatch"); strings.TrimSpace(got) != "enabled" {
				t.Errorf("it is %s", got)
			}
			b.refused(t, "systemctl", "start", "parcelwatch")
			if got := strings.TrimSpace(b.run(t, "systemctl", "is-system-running")); got != "running" {
				t.Errorf("the machine is %s, want running: a service to be configured is no fault", got)
			}
		}},
		{"configured, it starts and says what it watches", func(t *testing.T) {
			configure(t, b, d, settings{smtp: m.port})
			t.Log(b.run(t, "parcelwatch", "service", "install"))
			b.run(t, "parcelwatch", "service", "start")
			t.Logf("idle after %v", until(t, patience, "the mailbox idles", idle))
			d.Deliver(t, "alice", letter("RB123456785CN", collected))
			until(t, patience, "the mail is a parcel", func() bool { return b.knows(t, "RB123456785CN") })
			b.run(t, "parcelwatch", "service", "restart") // the line is made anew at a start
			until(t, patience, "the status line", func() bool { return b.unit(t, "StatusText") == "watching 1 mailbox, 1 parcel" })
			t.Log(b.run(t, "systemctl", "status", "parcelwatch", "--no-pager", "-n", "3"))
			t.Log(b.run(t, "parcelwatch", "service", "status"))
			until(t, patience, "the mailbox idles", idle)
			until(t, patience, "the first digest is sent", func() bool { return len(m.ids()) > 0 })
			b.run(t, "parcelwatch", "status", "--quiet")
		}},
		{"it has no rights but those it needs", func(t *testing.T) {
			state := b.run(t, "grep", "-E", "^(Uid|CapEff|NoNewPrivs|Seccomp):", fmt.Sprintf("/proc/%d/status", b.pid(t)))
			if strings.Contains(state, "Uid:\t0\t") || !strings.Contains(state, "CapEff:\t0000000000000000") || !strings.Contains(state, "Seccomp:\t2") {
				t.Errorf("the process: %s", state)
			}
			judged := b.run(t, "systemd-analyze", "security", "--no-pager", "parcelwatch")
			found := regexp.MustCompile(`exposure level for .*: ([0-9.]+)`).FindStringSubmatch(judged)
			if found == nil {
				t.Fatal(judged)
			}
			if level, err := strconv.ParseFloat(found[1], 64); err != nil || level > 2.0 {
				t.Errorf("systemd-analyze security says %s, want at most 2.0\n%s", found[1], judged)
			}
			t.Log(found[0])
		}},
		{"killed, it is back within 15 s", func(t *testing.T) {
			before := b.pid(t)
			b.run(t, "kill", "-9", strconv.Itoa(before))
			t.Logf("idle again after %v", until(t, 15*time.Second, "it is back", func() bool { return b.pid(t) != before && b.idle(t) }))
		}},
		{"hanging, the watchdog starts it anew", func(t *testing.T) {
			b.put(t, "/etc/systemd/system/parcelwatch.service.d/quick.conf", "[Service]\nWatchdogSec=12\nRestartSec=1\n")
			b.run(t, "systemctl", "daemon-reload")
			b.run(t, "systemctl", "restart", "parcelwatch")
			before := b.pid(t)
			b.run(t, "kill", "-STOP", strconv.Itoa(before))
			t.Logf("another process after %v", until(t, patience, "the watchdog", func() bool { p := b.pid(t); return p > 0 && p != before }))
			b.run(t, "rm", "/etc/systemd/system/parcelwatch.service.d/quick.conf")
			b.run(t, "systemctl", "daemon-reload")
			until(t, patience, "the mailbox idles", idle)
		}},
		{"reloaded, it takes over a good configuration and no other", func(t *testing.T) {
			before := b.pid(t)
			configure(t, b, d, settings{more: "[log]\nlevel = \"debug\""})
			b.run(t, "parcelwatch", "service", "install") // the file is new: root's alone
			b.run(t, "parcelwatch", "service", "reload")
			until(t, patience, "the configuration is taken over", func() bool {
				return strings.Contains(b.run(t, "journalctl", "-u", "parcelwatch", "--no-pager"), "configuration taken over")
			})
			configure(t, b, d, settings{more: "[log]\ntone = \"low\""})
			b.refused(t, "parcelwatch", "service", "reload")
			b.run(t, "chgrp", "parcelwatch", configFile)
			b.run(t, "chmod", "0640", configFile)
			b.run(t, "systemctl", "reload", "parcelwatch") // past our own look at it
			until(t, patience, "the fault is named", func() bool {
				return strings.Contains(b.run(t, "journalctl", "-u", "parcelwatch", "--no-pager"), "configuration is not taken over")
			})
			if got := b.pid(t); got != before {
				t.Errorf("process %d became %d", before, got)
			}
		}},
		{"a wrong configuration ends it for good, and is named", func(t *testing.T) {
			b.refused(t, "systemctl", "restart", "parcelwatch")
			said := b.refused(t, "parcelwatch", "service", "status")
			if b.unit(t, "ActiveState") != "failed" || b.unit(t, "ExecMainStatus") != "78" {
				t.Errorf("state %s, exit status %s", b.unit(t, "ActiveState"), b.unit(t, "ExecMainStatus"))
			}
			journal := b.run(t, "journalctl", "-u", "parcelwatch", "--no-pager")
			if !strings.Contains(journal, configFile) || !strings.Contains(journal, "tone") {
				t.Error("the journal does not name file and key")
			}
			t.Log(said)
			configure(t, b, d, settings{})
			b.run(t, "parcelwatch", "service", "install")
			b.run(t, "parcelwatch", "service", "start")
			until(t, patience, "the mailbox idles", idle)
		}},
		{"a backup is taken while it works, and restored by root", func(t *testing.T) {
			b.run(t, "parcelwatch", "backup", "/root/copy.db")
			b.run(t, "parcelwatch", "add", "LP00999900000034")
			b.refused(t, "parcelwatch", "restore", "/root/copy.db")
			began := time.Now()
			b.run(t, "parcelwatch", "service", "stop")
			t.Logf("stopped in %v", time.Since(began).Round(time.Millisecond))
			b.run(t, "parcelwatch", "restore", "/root/copy.db")
			b.run(t, "parcelwatch", "service", "start")
			until(t, patience, "the mailbox idles", idle)
			if !b.knows(t, "RB123456785CN") || b.knows(t, "LP00999900000034") {
				t.Error("the store is not that of the backup")
			}
		}},
		{"upgraded, it runs the new program with the old data", func(t *testing.T) {
			config := b.run(t, "sha256sum", configFile)
			b.run(t, "dpkg", "-i", second)
			if got := b.run(t, "parcelwatch", "version"); !strings.Contains(got, " 0.9.2 ") {
				t.Errorf("version %s", got)
			}
			until(t, patience, "the mailbox idles", idle)
			exe := b.run(t, "readlink", fmt.Sprintf("/proc/%d/exe", b.pid(t)))
			if strings.TrimSpace(exe) != "/usr/bin/parcelwatch" || !b.knows(t, "RB123456785CN") || b.run(t, "sha256sum", configFile) != config {
				t.Errorf("it runs %s, or lost the parcel or the configuration", exe)
			}
		}},
		{"after a reboot it runs", func(t *testing.T) {
			b.stop(t)
			d.Deliver(t, "alice", letter("LP00999900000034", collected))
			b.start(t)
			until(t, patience, "the mailbox idles", idle)
			until(t, patience, "mail of the time between is a parcel", func() bool { return b.knows(t, "LP00999900000034") })
		}},
		{"removed, it is gone and leaves its data for the next install", func(t *testing.T) {
			b.run(t, "dpkg", "-r", "parcelwatch")
			if out := b.try(t, "pgrep", "-x", "parcelwatch"); out != "" || !b.there(storeFile) || !b.there(configFile) {
				t.Errorf("processes %q, store %v, configuration %v", out, b.there(storeFile), b.there(configFile))
			}
			b.run(t, "dpkg", "-i", second)
			until(t, patience, "the mailbox idles", idle)
			if !b.knows(t, "RB123456785CN") {
				t.Error("the parcel is lost")
			}
		}},
		{"purged, it leaves nothing", func(t *testing.T) {
			b.run(t, "mkdir", "-p", "/var/log/parcelwatch") // where a log file would be
			b.run(t, "dpkg", "-P", "parcelwatch")
			for _, path := range []string{"/etc/parcelwatch", "/var/lib/parcelwatch", "/var/log/parcelwatch", "/usr/bin/parcelwatch", dropIn, "/etc/systemd/system/multi-user.target.wants/parcelwatch.service"} {
				if b.there(path) {
					t.Errorf("%s is still there", path)
				}
			}
			b.refused(t, "id", "parcelwatch")
			b.refused(t, "systemctl", "cat", "parcelwatch")
		}},
		{"without a package it installs itself", func(t *testing.T) {
			b.run(t, "dpkg-deb", "-x", second, "/opt/unpacked")
			program := "/opt/unpacked/usr/bin/parcelwatch"
			b.run(t, "ln", "-s", program, "/usr/local/bin/parcelwatch")
			configure(t, b, d, settings{})
			t.Log(b.run(t, "parcelwatch", "service", "install"))
			b.run(t, "parcelwatch", "service", "start")
			until(t, patience, "the mailbox idles", idle)
			if again := b.run(t, "parcelwatch", "service", "install"); !strings.Contains(again, "unchanged") {
				t.Errorf("a second install does something:\n%s", again)
			}
			if exe := b.run(t, "readlink", fmt.Sprintf("/proc/%d/exe", b.pid(t))); strings.TrimSpace(exe) != program {
				t.Errorf("it runs %s", exe)
			}
			began := time.Now()
			b.run(t, "parcelwatch", "service", "uninstall")
			t.Logf("stopped and removed in %v", time.Since(began).Round(time.Millisecond))
			b.refused(t, "systemctl", "cat", "parcelwatch")
			b.refused(t, "parcelwatch", "service", "status")
			if b.there("/etc/systemd/system/parcelwatch.service") || !b.there(storeFile) {
				t.Error("the unit is still there, or the store is not")
			}
		}},
	}
	for _, c := range chapters {
		if !t.Run(c.name, c.tell) {
			t.FailNow()
		}
	}
}
