package service_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/store/sqlite"
	"parcelwatch/test/rig"
)

// sound fails unless a store is whole.
func sound(t *testing.T, path string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// inStore runs statements on a store that nobody else has open.
func inStore(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// entries are the journal's, as far as their fields match.
func (b *box) entries(t *testing.T, match ...string) []map[string]any {
	t.Helper()
	var out []map[string]any
	text := b.run(t, append([]string{"journalctl", "-u", "parcelwatch", "-o", "json", "--no-pager"}, match...)...)
	for line := range strings.Lines(text) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err == nil {
			out = append(out, e)
		}
	}
	return out
}

// TestItIsCaredFor is a machine's story about logs and the store, in order.
func TestItIsCaredFor(t *testing.T) {
	b := startBox(t)
	d := rig.StartDovecot(t, "", nil)
	store := filepath.Join(b.root, storeFile)
	idle := func() bool { return b.idle(t) }
	begin := func(t *testing.T) {
		t.Helper()
		b.run(t, "parcelwatch", "service", "start")
		until(t, patience, "the mailbox idles", idle)
	}
	b.run(t, "dpkg", "-i", b.buildPackage(t, "0.9.1"))
	configure(t, b, d, settings{})
	b.run(t, "parcelwatch", "service", "install")
	begin(t)

	t.Run("the journal can be searched by field, and what stays broken is told once", func(t *testing.T) {
		if found := b.entries(t, "PARCELWATCH_STATE=idle"); len(found) == 0 || found[0]["PARCELWATCH_MAILBOX"] != "home" || found[0]["PRIORITY"] != "6" {
			t.Errorf("got %v", found)
		}
		d.Stop(t)
		until(t, patience, "nobody listens, and it knows", func() bool {
			found := b.entries(t, "PARCELWATCH_STATE=broken")
			return len(found) > 0 && strings.Contains(fmt.Sprint(found[len(found)-1]["MESSAGE"]), "nothing listens")
		})
		before := b.entries(t, "PARCELWATCH_STATE=broken")
		time.Sleep(12 * time.Second) // more tries, and the same comes of them
		if after := b.entries(t, "PARCELWATCH_STATE=broken"); len(after) != len(before) || after[0]["PRIORITY"] != "4" {
			t.Errorf("%d lines became %d: %v", len(before), len(after), after)
		}
		d.Start(t, "")
		until(t, time.Minute, "the mailbox idles again", idle)
	})
	t.Run("its level and a log file need no restart", func(t *testing.T) {
		before := b.pid(t)
		configure(t, b, d, settings{more: "[log]\nlevel = \"debug\"\nfile = \"/var/lib/parcelwatch/debug.log\""})
		b.run(t, "parcelwatch", "service", "install")
		b.run(t, "parcelwatch", "service", "reload")
		until(t, patience, "the configuration is taken over", func() bool {
			return len(b.entries(t, "MESSAGE=msg=\"configuration taken over\" config="+configFile)) > 0
		})
		until(t, patience, "the mailbox idles", idle)
		d.Deliver(t, "alice", letter("RB123456785CN", collected))
		until(t, patience, "a line of that level", func() bool { return len(b.entries(t, "PRIORITY=7")) > 0 })
		if log := b.run(t, "cat", "/var/lib/parcelwatch/debug.log"); !strings.Contains(log, "level=DEBUG") {
			t.Errorf("the file says %s", log)
		}
		if mode := strings.TrimSpace(b.run(t, "stat", "-c", "%U %a", "/var/lib/parcelwatch/debug.log")); mode != "parcelwatch 600" {
			t.Errorf("the file belongs to %s", mode)
		}
		if now := b.pid(t); now != before {
			t.Errorf("process %d became %d", before, now)
		}
	})
	t.Run("export and backup while it works", func(t *testing.T) {
		b.run(t, "parcelwatch", "add", "LP00999900000034")
		for _, command := range [][]string{{"parcelwatch", "export"}, {"parcelwatch", "export", "--csv"}} {
			if out := b.run(t, command...); !strings.Contains(out, "LP00999900000034") {
				t.Errorf("%v says %s", command, out)
			}
		}
		b.run(t, "parcelwatch", "backup", "/root/copy.db")
		sound(t, filepath.Join(b.root, "root", "copy.db"))
		b.refused(t, "parcelwatch", "backup", "/root/copy.db") // nothing is overwritten
	})
	t.Run("what is old goes at the next start", func(t *testing.T) {
		b.run(t, "parcelwatch", "service", "stop")
		old := strconv.FormatInt(time.Now().AddDate(0, 0, -100).UnixMilli(), 10)
		inStore(t, store, `INSERT INTO message (id, audience, slot, sender, raw, made_at) VALUES ('old@rig.test', 'digest', 'old', 'me', 'text', `+old+`)`)
		b.run(t, "chown", "-R", "parcelwatch:parcelwatch", filepath.Dir(storeFile))
		begin(t)
		if found := b.entries(t, "PARCELWATCH_BODIES=1"); len(found) != 1 {
			t.Errorf("the journal says %v", found)
		}
	})
	t.Run("a store of an older version is brought up to date, with a copy kept", func(t *testing.T) {
		b.run(t, "parcelwatch", "service", "stop")
		schema, err := os.ReadFile(filepath.Join("..", "..", "testdata", "schema", "0001_first.sql"))
		if err != nil {
			t.Fatal(err)
		}
		b.run(t, "sh", "-c", "rm "+storeFile+"*")
		inStore(t, store, string(schema))
		b.run(t, "chown", "-R", "parcelwatch:parcelwatch", filepath.Dir(storeFile))
		begin(t)
		if found := b.entries(t, "PARCELWATCH_FROM=1"); len(found) != 1 || !b.there(storeFile+".schema-1.bak") {
			t.Errorf("the copy is there: %v; the journal says %v", b.there(storeFile+".schema-1.bak"), found)
		}
		b.halt(t)
	})
	t.Run("a damaged store is named and left as it is, and a backup mends it", func(t *testing.T) {
		data, err := os.ReadFile(store)
		if err != nil {
			t.Fatal(err)
		}
		for i := 4096; i < len(data) && i < 5*4096; i++ {
			data[i] ^= 0x55
		}
		if err := os.WriteFile(store, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.try(t, "parcelwatch", "service", "start")
		until(t, patience, "it says so", func() bool {
			return strings.Contains(b.run(t, "journalctl", "-u", "parcelwatch", "--no-pager"), "the store is damaged; restore a backup")
		})
		b.run(t, "parcelwatch", "service", "stop")
		b.run(t, "parcelwatch", "restore", "/root/copy.db")
		b.run(t, "systemctl", "reset-failed", "parcelwatch")
		begin(t)
		if !b.knows(t, "LP00999900000034") || !b.there(storeFile+".before-restore") {
			t.Error("the parcel is lost, or the damaged store is")
		}
	})
}
