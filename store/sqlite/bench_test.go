package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
	"parcelwatch/test/bench"
)

// travelled returns a parcel with a history: two sources of 12 events each.
func travelled(n int) *parcel.Parcel {
	p := parcelOf(number.Number(fmt.Sprintf("LP%014d", n)))
	p.Items = []parcel.Item{{Title: "USB-C cable, braided, 2 pieces", Variant: "1 m", Quantity: 1}}
	p.Orders = []string{fmt.Sprintf("819%013d", n)}
	p.NextCheck = storetest.Now().Add(time.Duration(n) * time.Minute)
	p.FirstSeen = storetest.Now().Add(time.Duration(n) * time.Second)
	for _, carrier := range []string{"cainiao", "russianpost"} {
		s := parcel.Source{Carrier: carrier, Number: p.Number(), Result: parcel.ResultOK, Asked: storetest.Now()}
		for i := range 12 {
			s.Events = append(s.Events, parcel.Event{
				Time: storetest.Now().AddDate(0, 0, i), ZoneKnown: true, Status: parcel.InTransit, Country: "CN",
				Place: "Guangzhou", Text: "Departed from the sorting centre", Code: "CC_HO_OUT", Sources: []string{carrier},
			})
		}
		p.Sources = append(p.Sources, s)
	}
	return p
}

func crowded(b *testing.B, n int) (*sqlite.DB, string) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "p.db")
	db := open(b, path)
	if err := db.Apply(b.Context(), store.Scope{Now: storetest.Now()}, func(st *store.State) error {
		for i := range n {
			p := travelled(i)
			st.Parcels = append(st.Parcels, p)
			st.Changes = append(st.Changes, store.NewChange{Change: parcel.Change{Kind: parcel.ChangeMoved, At: storetest.Now(), Key: strconv.Itoa(i)}, Of: p})
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return db, path
}

const crowd = 10_000

func BenchmarkApplyNotice(b *testing.B) {
	db, _ := crowded(b, crowd)
	uid := uint32(0)
	var turns bench.Turns
	for b.Loop() {
		began := time.Now()
		uid++
		p := travelled(crowd + int(uid))
		ref := parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 1, UID: uid}
		if err := db.Apply(b.Context(), store.Scope{
			Mail: &ref, MessageID: fmt.Sprint("m", uid), Digest: fmt.Sprint("d", uid), Numbers: p.Numbers(), Orders: p.Orders, Now: storetest.Now(),
		}, func(st *store.State) error {
			st.Parcels = append(st.Parcels, p)
			st.Orders = append(st.Orders, &parcel.Order{ID: p.Orders[0], Step: parcel.StepShipped, FirstSeen: storetest.Now()})
			st.Changes = append(st.Changes, store.NewChange{Change: parcel.Change{Kind: parcel.ChangeNewParcel, Key: string(p.Number())}, Of: p})
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		turns.Add(began)
	}
	turns.Report(b)
}

// BenchmarkBareInsert measures the lower bound for recording a notice: a document
// of the same size and one indexed column, in a transaction of the same durability.
func BenchmarkBareInsert(b *testing.B) {
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1)
	if _, err := pool.ExecContext(b.Context(), `CREATE TABLE document (id INTEGER PRIMARY KEY, key TEXT UNIQUE, doc TEXT NOT NULL) STRICT`); err != nil {
		b.Fatal(err)
	}
	doc, err := json.Marshal(travelled(crowd))
	if err != nil {
		b.Fatal(err)
	}
	var turns bench.Turns
	for n := 0; b.Loop(); n++ {
		began := time.Now()
		tx, err := pool.BeginTx(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := tx.ExecContext(b.Context(), `INSERT INTO document (key, doc) VALUES ($1, $2)`, strconv.Itoa(n), string(doc)); err != nil {
			b.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
		turns.Add(began)
	}
	turns.Report(b)
}

// The scheduler's tick: the due parcels of ten thousand.
func BenchmarkDue(b *testing.B) {
	db, _ := crowded(b, crowd)
	for b.Loop() {
		due, err := db.Due(b.Context(), storetest.Now().AddDate(0, 0, 7), 50, nil)
		if err != nil || len(due) != 50 {
			b.Fatal(len(due), err)
		}
	}
}

func BenchmarkNextDue(b *testing.B) {
	db, _ := crowded(b, crowd)
	for b.Loop() {
		if _, err := db.NextDue(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParcels(b *testing.B) {
	for _, n := range []int{100, crowd} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			db, _ := crowded(b, n)
			for b.Loop() {
				all, err := db.Parcels(b.Context())
				if err != nil || len(all) != n {
					b.Fatal(len(all), err)
				}
			}
		})
	}
}

func BenchmarkPending(b *testing.B) {
	db, _ := crowded(b, crowd)
	for b.Loop() {
		if _, err := db.Pending(b.Context(), "me", time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}

// A command that runs beside the daemon, with the check of the whole file.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{100, crowd} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			db, path := crowded(b, n)
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				db, err := sqlite.Open(b.Context(), path, sqlite.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := db.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkANewStore makes stores by the schema steps, and at once.
func BenchmarkANewStore(b *testing.B) {
	for name, found := range map[string]func(context.Context, string) (*sqlite.DB, error){
		"step by step": func(ctx context.Context, path string) (*sqlite.DB, error) {
			return sqlite.OpenSteps(ctx, path, sqlite.Steps(), sqlite.Options{})
		},
		"at once": func(ctx context.Context, path string) (*sqlite.DB, error) {
			return sqlite.Open(ctx, path, sqlite.Options{})
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				db, err := found(b.Context(), filepath.Join(b.TempDir(), "new.db"))
				if err != nil {
					b.Fatal(err)
				}
				if err := db.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
