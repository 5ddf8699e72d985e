package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

const (
	purgedNumber = "RB123456785CN"
	purgedOrder  = "8190000000990017"
	purgedWord   = "walnut-coloured"
)

// burdened fills a store with parcels of many events and returns the one to purge,
// which all kinds of rows mention.
func burdened(t *testing.T, db *sqlite.DB) int64 {
	t.Helper()
	var purged *parcel.Parcel
	for i := range 60 {
		p := parcelOf(number.Number(fmt.Sprintf("NUMBER-%d", i)))
		if i == 30 {
			p = parcelOf(purgedNumber)
			purged = p
		}
		told(t, db, p, i == 30)
		for n := range 40 { // each visit rewrites the document
			if n%8 != 0 {
				continue
			}
			if err := db.Apply(t.Context(), store.Scope{Parcels: []int64{p.ID}, Now: storetest.Now()}, func(st *store.State) error {
				src := st.Parcels[0].Source("cainiao", p.Number())
				for e := range n {
					src.Events = append(src.Events, parcel.Event{Time: storetest.Now(), Status: parcel.InTransit, Text: wordOf(i == 30, e)})
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	mention(t, db)
	return purged.ID
}

func wordOf(purged bool, e int) string {
	if purged {
		return fmt.Sprintf("%s %d %s", purgedWord, e, strings.Repeat("x", 60))
	}
	return fmt.Sprintf("another event %d %s", e, strings.Repeat("y", 60))
}

// told stores a parcel with an order and changes of both.
func told(t *testing.T, db *sqlite.DB, p *parcel.Parcel, purged bool) {
	t.Helper()
	order := "8190000000020017"
	if purged {
		order = purgedOrder
		p.Title = purgedWord
	}
	p.Orders = []string{order}
	if err := db.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
		st.Parcels = append(st.Parcels, p)
		st.Orders = append(st.Orders, &parcel.Order{ID: order, FirstSeen: storetest.Now(), StepWords: p.Title})
		st.Changes = []store.NewChange{
			{Change: parcel.Change{Key: "new", Event: parcel.Event{Text: p.Title}}, Of: p},
			{Change: parcel.Change{Key: "order/" + order + "/shipped", Order: order, Kind: parcel.ChangeNewOrder}},
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// mention writes the purged number into rows that do not belong to the parcel.
func mention(t *testing.T, db *sqlite.DB) {
	t.Helper()
	other := parcelOf("LA900000257CN")
	other.Maybe = []parcel.Link{{Number: purgedNumber, Certainty: parcel.Maybe}}
	other.NeverJoin = []number.Number{purgedNumber}
	for _, err := range []error{
		db.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
			st.Parcels = append(st.Parcels, other)
			st.Changes = []store.NewChange{{Change: parcel.Change{Key: "maybe_same/" + purgedNumber, New: purgedNumber}, Of: other}}
			return nil
		}),
		db.SetAside(t.Context(), parcel.MailRef{Mailbox: "home", Folder: "INBOX", UID: 9}, "Order "+purgedOrder, message.New("unread_partial"), storetest.Now()),
		db.Apply(t.Context(), store.Scope{
			Mail: &parcel.MailRef{Mailbox: "home", Folder: "INBOX", UID: 8}, MessageID: purgedNumber + ".8@shop.example", Digest: "hash", Now: storetest.Now(),
		}, func(*store.State) error { return nil }),
		db.SetAside(t.Context(), parcel.MailRef{Mailbox: "home", Folder: "INBOX", UID: 10}, "news", message.New("unread_partial", "Number", purgedNumber), storetest.Now()),
		db.SetCarrierHealth(t.Context(), parcel.CarrierHealth{
			Name: "upu", Error: "upu: track " + purgedNumber + ": refused", Fault: message.New("fault", "What", purgedNumber), Note: purgedNumber,
		}),
		db.SetMailboxHealth(t.Context(), parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxBroken, Error: "NO " + purgedOrder}),
		db.KeepAnswer(t.Context(), "cainiao", []byte(`{"mailNo":"`+purgedNumber+`"}`), storetest.Now()),
		db.Enqueue(t.Context(), store.Message{
			ID: "digest@example.org", Audience: "me", Slot: "2026-03-01", Raw: []byte(purgedWord + strings.Repeat(purgedNumber+" ", 2000)), Made: storetest.Now(),
			Deliveries: []store.Delivery{{To: "me@example.org", State: store.DeliverySent, Error: "451 " + purgedNumber + " looks like spam"}},
		}, nil),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// remains returns where in the folder a word of the purged parcel is still found.
func remains(t *testing.T, dir string) (out []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content := read(t, filepath.Join(dir, f.Name()))
		for _, word := range []string{purgedNumber, purgedOrder, purgedWord} {
			if n := bytes.Count(content, []byte(word)); n > 0 {
				out = append(out, fmt.Sprintf("%s: %d times %q", f.Name(), n, word))
			}
		}
	}
	return out
}

func TestAPurgedParcelIsInNoFileOfTheStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "p.db")
	db := open(t, path)
	id := burdened(t, db)
	for _, suffix := range []string{".schema-2.bak", ".before-restore"} {
		if err := db.Backup(t.Context(), path+suffix); err != nil {
			t.Fatal(err)
		}
	}
	if len(remains(t, dir)) == 0 {
		t.Fatal("the words are nowhere before the purge")
	}
	if err := open(t, path).Forget(t.Context(), id, true); err != nil { // while another process has the store open
		t.Fatal(err)
	}
	if got := remains(t, dir); got != nil {
		t.Errorf("after the purge:\n%s", strings.Join(got, "\n"))
	}
	if parcels, err := db.Parcels(t.Context()); err != nil || len(parcels) != 60 {
		t.Errorf("%d parcels, %v; want the 60 others", len(parcels), err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := remains(t, dir); got != nil {
		t.Errorf("after a clean close:\n%s", strings.Join(got, "\n"))
	}
}

func TestPurgingAnOrderLeavesEarlierDigests(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "p.db"))
	sent := func(id string, made time.Time) error {
		return db.Enqueue(t.Context(), store.Message{
			ID: id, Audience: "me", Slot: id, Raw: []byte("text of " + id), Made: made,
			Deliveries: []store.Delivery{{To: "me@example.org", State: store.DeliverySent}},
		}, nil)
	}
	for _, err := range []error{
		sent("earlier@example.org", storetest.Now().AddDate(0, 0, -3)), sent("later@example.org", storetest.Now()),
		db.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
			st.Orders = append(st.Orders, &parcel.Order{ID: purgedOrder, FirstSeen: storetest.Now().AddDate(0, 0, -1), Unverified: true})
			return nil
		}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err := db.ForgetAll(t.Context(), store.Selection{Unverified: true}, true); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file := read(t, filepath.Join(filepath.Dir(db.Path()), "p.db"))
	if !bytes.Contains(file, []byte("text of earlier")) || bytes.Contains(file, []byte("text of later")) {
		t.Error("want the text of the earlier digest kept and that of the later one deleted")
	}
}

func TestForgettingAnOrderForgetsItsChanges(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "p.db"))
	p := parcelOf(purgedNumber)
	told(t, db, p, true)
	if err := db.Forget(t.Context(), p.ID, false); err != nil {
		t.Fatal(err)
	}
	if changes, err := db.Pending(t.Context(), "me", time.Time{}); err != nil || len(changes) != 0 {
		t.Errorf("changes %v, %v; want none", changes, err)
	}
}

func TestOldCopiesAreRemoved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	db := open(t, path)
	for suffix, age := range map[string]int{".schema-1.bak": 31, ".before-restore": 31, ".schema-2.bak": 29} {
		write(t, path+suffix, []byte("a copy"))
		made := storetest.Now().AddDate(0, 0, -age)
		if err := os.Chtimes(path+suffix, made, made); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Prune(t.Context(), storetest.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 || filepath.Base(left[0]) != "p.db.schema-2.bak" {
		t.Errorf("left %q, want the copy of 29 days alone", left)
	}
}
