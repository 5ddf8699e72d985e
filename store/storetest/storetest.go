// Package storetest checks the contract of package store, as one suite that the
// test of every driver runs with [Run]. It must not know SQL or any driver; a
// driver tests what is specific to it (files, schemas, locks) itself.
package storetest

import (
	"context"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"

	"github.com/google/go-cmp/cmp"
)

// Harness is an empty store and a way to open it again.
type Harness struct {
	Store store.Store
	// Reopen returns a second view of the same store, as another process has. It
	// must not close anything that the test still uses.
	Reopen func() store.Store
	Dir    string // a folder for files
	// OwnClock is set if slots are booked by a clock of the store, on which time
	// passes during a check.
	OwnClock bool
}

// T is the part of *testing.T that the checks need, so that tests can show that the
// suite fails.
type T interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Check is one clause of the contract.
type Check struct {
	Name string
	Run  func(t T, h Harness)
}

// Run runs every check on a new store. The clock of the store must return [Now].
func Run(t *testing.T, open func(t *testing.T) Harness) {
	t.Helper()
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.Run(t, open(t))
		})
	}
}

// Checks returns all checks.
func Checks() []Check {
	var all []Check
	for _, group := range [][]Check{parcelChecks(), lifeChecks(), mailChecks(), changeChecks(), outboxChecks(), ledgerChecks(), healthChecks(), householdChecks(), registryChecks(), nodesChecks(), unverifiedChecks(), followedChecks()} {
		all = append(all, group...)
	}
	return all
}

// Now returns the time of the checks.
func Now() time.Time { return time.Date(2026, 3, 1, 8, 30, 9, 123_000_000, time.UTC) }

// Invented numbers with valid check digits.
const (
	numberA number.Number = "RB123456785CN"
	numberB number.Number = "LA900000257CN"
	numberC number.Number = "RR900000416CN"
	orderA                = "8190000000000001"
	orderB                = "8190000000000002"
)

// same reports how got differs from want.
func same(t T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// must ends the check if err is not nil.
func must(t T, err error, doing string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}

// get returns a function that returns the value, or ends the check on an error.
func get[V any](t T) func(V, error) V {
	return func(v V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatalf("%v", err)
		}
		return v
	}
}

// newParcel returns a parcel on its way as intake creates it.
func newParcel(numbers ...number.Number) *parcel.Parcel {
	p := &parcel.Parcel{Status: parcel.InTransit, FirstSeen: Now(), NextCheck: Now()}
	for _, n := range numbers {
		p.Links = append(p.Links, parcel.Link{Number: n, Since: Now(), Reason: "mail", Certainty: parcel.Certain})
	}
	return p
}

// news returns a change with a key.
func news(key string) parcel.Change {
	return parcel.Change{Kind: parcel.ChangeMoved, To: parcel.InTransit, At: Now(), Key: key}
}

// add stores parcels with one change each and sets their ids.
func add(t T, s store.Household, parcels ...*parcel.Parcel) {
	t.Helper()
	must(t, s.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
		for _, p := range parcels {
			st.Parcels = append(st.Parcels, p)
			st.Changes = append(st.Changes, store.NewChange{Change: news("new|" + string(p.Number())), Of: p})
		}
		return nil
	}), "add parcels")
}

// change loads one parcel by id and lets f change it.
func change(t T, s store.Store, id int64, f func(*parcel.Parcel)) {
	t.Helper()
	must(t, s.Apply(t.Context(), store.Scope{Parcels: []int64{id}, Now: Now()}, func(st *store.State) error {
		for _, p := range st.Parcels {
			f(p)
		}
		return nil
	}), "change parcel")
}

// intake does what importing a mail does: it finds or creates the parcel of each
// number.
func intake(t T, s store.Store, scope store.Scope) (decided bool) {
	t.Helper()
	must(t, s.Apply(t.Context(), scope, func(st *store.State) error {
		decided = true
		importNumbers(st, scope)
		return nil
	}), "import mail")
	return decided
}

func importNumbers(st *store.State, scope store.Scope) {
	for _, n := range scope.Numbers {
		known := st.Forgotten[string(n)]
		for _, p := range st.Parcels {
			for _, l := range p.Links {
				known = known || l.Number == n
			}
		}
		if !known {
			p := newParcel(n)
			p.FirstSeen = scope.Now
			st.Parcels = append(st.Parcels, p)
		}
	}
}

func mail(uid uint32) *parcel.MailRef {
	return &parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 7, UID: uid}
}

// ids returns the ids of the parcels.
func ids(list []parcel.Parcel) []int64 {
	var out []int64
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}

func keys(list []parcel.Change) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Key)
	}
	return out
}
