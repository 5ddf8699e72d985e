package rig_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/test/rig"
)

func TestNumbersHaveTheirRightCheckDigit(t *testing.T) {
	t.Parallel()
	for i := range 200 {
		n, err := number.Parse(rig.Number(i, "CN"))
		if err != nil || n.Check() != number.CheckOK {
			t.Fatalf("%s: check %v, error %v", n, n.Check(), err)
		}
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	t.Run("a line counts once it is whole", func(t *testing.T) {
		t.Parallel()
		j := rig.NewJournal()
		for _, piece := range []string{"msg=a\nms", "g=b", "\nmsg=c"} {
			if _, err := j.Write([]byte(piece)); err != nil {
				t.Fatal(err)
			}
		}
		if j.Len() != 2 || !j.Has(0, "msg=b") || j.Has(0, "msg=c") {
			t.Errorf("got %v", j.Since(0))
		}
	})
	t.Run("waiting begins at a mark and hears what comes", func(t *testing.T) {
		t.Parallel()
		j := rig.NewJournal()
		_, _ = j.Write([]byte("state=broken why=old\n"))
		from := j.Len()
		got := make(chan string, 1)
		go func() {
			l, _ := j.Await(t.Context(), from, "state=broken", "why")
			got <- l.Text
		}()
		_, _ = j.Write([]byte("state=idle\nstate=broken why=new\n"))
		if text := <-got; text != "state=broken why=new" {
			t.Errorf("got %q", text)
		}
	})
	t.Run("waiting ends with the context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := rig.NewJournal().Await(ctx, 0, "never"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// filled is a store with one mail about one parcel.
func filled(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "p.db")
	db, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	err = db.Apply(t.Context(), store.Scope{
		Mail: &parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 1, UID: 1}, Digest: "d", Now: now,
	}, func(s *store.State) error {
		p := &parcel.Parcel{FirstSeen: now}
		p.AddLink(parcel.Link{Number: number.Number(rig.Number(1, "CN")), Since: now, Certainty: parcel.Certain})
		s.Parcels = append(s.Parcels, p)
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheStoresCheck(t *testing.T) {
	t.Parallel()
	if err := rig.CheckStore(t.Context(), filled(t)); err != nil {
		t.Errorf("a sound store: %v", err)
	}
	for name, damage := range map[string]string{
		"a mail beyond the place":   "UPDATE position SET uid = 0",
		"a folder without a place":  "DELETE FROM position",
		"a mail under two numbers":  "INSERT INTO mail SELECT home, mailbox, folder, uidvalidity, 0, message_id, digest, imported_at FROM mail",
		"a parcel without a number": "DELETE FROM number",
		"a number in two parcels": `INSERT INTO parcel (doc, status, active, first_seen, origin, destination) VALUES ('{}', '', 1, 0, '', '');
			INSERT INTO number (number, parcel_id) SELECT number, parcel_id + 1 FROM number`,
		"a message without a recipient": "INSERT INTO message (id, audience, slot, sender, raw, made_at) VALUES ('i', 'a', 's', 'f', x'', 0)",
		"a change of no parcel":         "INSERT INTO change (key, parcel_id, quiet, at, doc) VALUES ('k', 99, 0, 0, '{}')",
		"half a row":                    "PRAGMA foreign_keys = 0; INSERT INTO told (change_id, audience) VALUES (99, 'a')",
		"an index that lies":            "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'number_parcel'",
	} {
		t.Run(name+" is found", func(t *testing.T) {
			t.Parallel()
			file := filled(t)
			db, err := sql.Open("sqlite", "file://"+file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), damage); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if rig.CheckStore(t.Context(), file) == nil {
				t.Error("passed for sound")
			}
		})
	}
}

func TestAPortIsGivenOutOnce(t *testing.T) {
	t.Parallel()
	const each = 3
	given := map[int]bool{}
	for range 50 {
		first, err := rig.FreePorts(t.Context(), each)
		if err != nil {
			t.Fatal(err)
		}
		for i := range each {
			if given[first+i] {
				t.Fatalf("port %d is given out twice", first+i)
			}
			given[first+i] = true
		}
	}
}
