package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/storetest"
)

// TestATransactionThatBreaksOffHoldsNothing ends transactions in ways that their maker does
// not expect; the next one finds nothing of theirs, and a connection that it can use.
func TestATransactionThatBreaksOffHoldsNothing(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, decide := range map[string]func(cancel context.CancelFunc) error{
		"an error":               func(context.CancelFunc) error { return boom },
		"a panic":                func(context.CancelFunc) error { panic(boom) },
		"the end of the context": func(cancel context.CancelFunc) error { cancel(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, filepath.Join(t.TempDir(), "p.db"))
			for range 3 { // more often than there are connections
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				func() {
					defer func() { _ = recover() }()
					if err := db.Apply(ctx, store.Scope{Now: storetest.Now()}, func(s *store.State) error {
						s.Orders = []*parcel.Order{{ID: "8200000000000001", FirstSeen: storetest.Now()}}
						return decide(cancel)
					}); err == nil {
						t.Error("stored")
					}
				}()
				if n, err := db.Orders(t.Context()); err != nil || len(n) != 0 {
					t.Fatalf("%d orders, %v", len(n), err)
				}
			}
			if err := db.SaveCheckpoint(t.Context(), "home", "INBOX", store.Checkpoint{UIDValidity: 1, UID: 1}); err != nil {
				t.Errorf("the next transaction: %v", err)
			}
		})
	}
}

// TestClosingWhileATransactionRuns closes a store under a transaction: that one ends, and
// the next is refused.
func TestClosingWhileATransactionRuns(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "p.db"))
	closed := make(chan error)
	err := db.Apply(t.Context(), store.Scope{Now: storetest.Now()}, func(*store.State) error {
		go func() { closed <- db.Close() }()
		return nil
	})
	if err != nil {
		t.Errorf("the transaction that ran: %v", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	if _, err := db.Orders(t.Context()); err == nil {
		t.Error("a closed store can be read")
	}
	if err := db.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}
