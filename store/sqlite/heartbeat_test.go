package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

// commits returns a function that counts the transactions committed by other
// connections.
func commits(t *testing.T, db *sqlite.DB) func() int64 {
	t.Helper()
	pool, err := sql.Open("sqlite", db.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	pool.SetMaxOpenConns(1)
	return func() int64 {
		t.Helper()
		var n int64
		if err := pool.QueryRowContext(t.Context(), `PRAGMA data_version`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
}

func TestADayOfAnIdleDaemonCommitsLittle(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "p.db"))
	h := parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, Since: storetest.Now()}
	version := commits(t, db)
	before, committed := version(), 0
	for after := time.Duration(0); after < 24*time.Hour; after += 30 * time.Second {
		at := storetest.Now().Add(after)
		if err := db.SaveHeartbeat(t.Context(), store.Heartbeat{Started: storetest.Now(), At: at, PID: 1, Version: "1.0"}); err != nil {
			t.Fatal(err)
		}
		h.LastCheck, h.LastMail = at, at
		if err := db.SetMailboxHealth(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		if now := version(); now != before {
			before = now
			committed++
		}
	}
	if committed > 24 {
		t.Errorf("%d commits in a day in which only the heartbeat, the last check and the last mail changed, want at most one an hour", committed)
	}
	health, err := db.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := health.Mailboxes[0].LastCheck; !got.Equal(h.LastCheck) {
		t.Errorf("last check = %v, want %v", got, h.LastCheck)
	}
	if got := health.Mailboxes[0].LastMail; !got.Equal(h.LastMail) {
		t.Errorf("last mail = %v, want %v", got, h.LastMail)
	}
}

func TestADamagedHeartbeatIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	db := open(t, path)
	want := store.Heartbeat{Started: storetest.Now(), At: storetest.Now(), PID: 1, Version: "1.0"}
	if err := os.WriteFile(path+".alive", []byte("{\"Heartbeat\":\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Heartbeat(t.Context()); err != nil || got != (store.Heartbeat{}) {
		t.Errorf("after a power cut: %+v, %v", got, err)
	}
	if err := db.SaveHeartbeat(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Heartbeat(t.Context()); err != nil || got != want {
		t.Errorf("the next heartbeat: %+v, %v, want %+v", got, err, want)
	}
}
