package service_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/test/rig"
)

// numbers are those of all parcels, with how many parcels carry each.
func (b *box) numbers(t *testing.T) map[string]int {
	t.Helper()
	var parcels []struct{ Numbers []string }
	out := b.try(t, "parcelwatch", "list", "--all", "--json")
	if i := strings.IndexByte(out, '['); i < 0 || json.NewDecoder(strings.NewReader(out[i:])).Decode(&parcels) != nil {
		return nil
	}
	of := map[string]int{}
	for _, p := range parcels {
		for _, n := range p.Numbers {
			of[n]++
		}
	}
	return of
}

// halt stops the service. systemd ends it the hard way after five seconds, and
// remembers that.
func (b *box) halt(t *testing.T) {
	t.Helper()
	began := time.Now()
	b.run(t, "parcelwatch", "service", "stop")
	t.Logf("down after %v", time.Since(began).Round(time.Millisecond))
	if result, status := b.unit(t, "Result"), b.unit(t, "ExecMainStatus"); result != "success" || status != "0" {
		t.Errorf("it ended by %s, status %s", result, status)
	}
	sound(t, filepath.Join(b.root, storeFile))
}

// TestStoppedInTheMiddleNothingIsLost stops the service while it waits for an
// answer in the middle of its work, and starts it again.
func TestStoppedInTheMiddleNothingIsLost(t *testing.T) {
	b := startBox(t)
	d := rig.StartDovecot(t, "", nil)
	b.run(t, "dpkg", "-i", b.buildPackage(t, "0.9.1"))
	b.put(t, "/etc/systemd/system/parcelwatch.service.d/prompt.conf", "[Service]\nTimeoutStopSec=5\n")
	start := func(t *testing.T, s settings) { // as if it had never been
		t.Helper()
		b.run(t, "systemctl", "stop", "parcelwatch") // the chapter before may have ended badly
		b.run(t, "rm", "-rf", filepath.Dir(storeFile))
		configure(t, b, d, s)
		b.run(t, "systemctl", "daemon-reload")
		b.run(t, "parcelwatch", "service", "install")
		b.run(t, "parcelwatch", "service", "start")
	}
	again := func(t *testing.T) { t.Helper(); b.run(t, "parcelwatch", "service", "start") }

	t.Run("of a poll: the post is asked again", func(t *testing.T) {
		p := startPost(t)
		p.close()
		start(t, settings{post: p.url})
		d.Deliver(t, "alice", letter(number(0), collected))
		until(t, patience, "the post is asked", func() bool { return p.about(number(0)) == 1 })
		b.halt(t)
		p.open()
		again(t)
		until(t, patience, "the post is asked again", func() bool { return p.about(number(0)) == 2 })
		b.halt(t)
	})
	t.Run("of a send: the mail is sent at the next start, once", func(t *testing.T) {
		m := startMailServer(t)
		m.begin.close()
		t.Cleanup(m.begin.open)
		start(t, settings{smtp: m.port})
		d.Deliver(t, "alice", letter(number(1), coming))
		until(t, patience, "the mail is on its way", m.waits)
		b.halt(t)
		m.begin.open()
		again(t)
		until(t, patience, "the mail is taken", func() bool { return len(m.ids()) > 0 })
		b.run(t, "parcelwatch", "service", "restart")
		until(t, patience, "the mailbox idles", func() bool { return b.idle(t) })
		b.halt(t)
		if ids := m.ids(); len(ids) != 1 {
			t.Errorf("taken: %v, want one mail", ids)
		}
	})
	t.Run("of a send's last word: the mail is kept, for nobody knows whether it was taken", func(t *testing.T) {
		m := startMailServer(t)
		m.end.close()
		t.Cleanup(m.end.open)
		start(t, settings{smtp: m.port})
		d.Deliver(t, "alice", letter(number(2), coming))
		until(t, patience, "the whole mail is sent", m.waits)
		b.halt(t)
		if out := b.try(t, "parcelwatch", "status", "--json"); !strings.Contains(out, `"waiting":1`) && !strings.Contains(out, `"waiting": 1`) {
			t.Errorf("the mail does not wait: %s", out)
		}
	})
	t.Run("of a scan: every mail is a parcel, once", func(t *testing.T) {
		const letters = 200 // of 60 KB: three fetches
		for i := range letters {
			d.Deliver(t, "alice", letter(number(i), collected)+strings.Repeat("<!-- a long mail -->\r\n", 2500))
		}
		line := startSlowLine(t, d.Port+1, 6<<20)
		line.close()
		t.Cleanup(line.open)
		start(t, settings{imap: line.port})
		until(t, patience, "some of the mail is read", func() bool { return len(b.numbers(t)) > 10 })
		b.halt(t)
		if n := len(b.numbers(t)); n >= letters {
			t.Errorf("all %d were read before the stop: that was no middle", n)
		} else {
			t.Logf("stopped after %d of %d", n, letters)
		}
		line.open()
		again(t)
		until(t, patience, "all mail is read", func() bool { return len(b.numbers(t)) >= letters })
		b.halt(t)
		for n, parcels := range b.numbers(t) {
			if parcels != 1 {
				t.Errorf("%s is in %d parcels", n, parcels)
			}
		}
	})
}
