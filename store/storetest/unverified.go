package storetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

func unverifiedChecks() []Check {
	return []Check{
		{"unverified parcels are due after all others", unverifiedLast},
		{"tallies of a mailbox and day are kept and counted", talliesKept},
		{"forgetting a selection forgets nothing else", selectionForgotten},
	}
}

func unverifiedLast(t T, h Harness) {
	junk, proven := newParcel(numberA), newParcel(numberB)
	junk.Unverified, junk.NextCheck = true, Now().AddDate(0, 0, -3)
	add(t, h.Store, junk, proven)
	due := get[[]parcel.Parcel](t)(h.Store.Due(t.Context(), Now(), 10, nil))
	same(t, "due", []int64{proven.ID, junk.ID}, ids(due))
	if due = get[[]parcel.Parcel](t)(h.Store.Due(t.Context(), Now(), 1, nil)); len(due) != 1 || due[0].ID != proven.ID {
		t.Errorf("with a limit of 1 due are %v, want the verified one", ids(due))
	}
	if next := get[time.Time](t)(h.Store.NextDue(t.Context())); !next.Equal(junk.NextCheck) {
		t.Errorf("next due at %s, want %s", next, junk.NextCheck)
	}
}

func talliesKept(t T, h Harness) {
	uid := uint32(0)
	count := func(mailbox string, day parcel.Date, more store.Tally) (before store.Tally, scanned bool) {
		uid++
		m := mail(uid)
		m.Mailbox = mailbox
		must(t, h.Store.Apply(t.Context(), store.Scope{Mail: m, Days: []parcel.Date{day}, Now: Now()}, func(st *store.State) error {
			before, scanned = st.Tallies[day], st.Scanned
			st.Tallies[day] = store.Tally{Parcels: before.Parcels + more.Parcels, Orders: before.Orders + more.Orders, Refused: before.Refused + more.Refused}
			return nil
		}), "count")
		return before, scanned
	}
	count("home", "2026-03-01", store.Tally{Parcels: 2, Orders: 1, Refused: 3})
	count("home", "2026-02-28", store.Tally{Refused: 4})
	count("work", "2026-03-01", store.Tally{Parcels: 7})
	got, scanned := count("home", "2026-03-01", store.Tally{Parcels: 1})
	if diff := cmp.Diff(store.Tally{Parcels: 2, Orders: 1, Refused: 3}, got); diff != "" || scanned {
		t.Errorf("scanned %t, tally (-want +got):\n%s", scanned, diff)
	}
	must(t, h.Store.SaveCheckpoint(t.Context(), "home", "INBOX", store.Checkpoint{UIDValidity: 7, UID: 9, Scanned: true}), "save checkpoint")
	if _, scanned := count("home", "2026-03-01", store.Tally{}); !scanned {
		t.Errorf("the folder does not count as scanned")
	}
	want := []parcel.Surplus{{Mailbox: "home", Refused: 7, Last: "2026-03-01"}}
	same(t, "surplus", want, get[parcel.Health](t)(h.Store.Health(t.Context())).Surplus)
}

func selectionForgotten(t T, h Harness) {
	if _, err := h.Store.ForgetAll(t.Context(), store.Selection{}, false); !errors.Is(err, store.ErrNothingSelected) {
		t.Errorf("forgetting an empty selection = %v", err)
	}
	old, junk, proven := newParcel(numberA), newParcel(numberB), newParcel(numberC)
	old.Unverified, old.FirstSeen = true, Now().AddDate(0, 0, -9)
	junk.Unverified, junk.Orders = true, []string{orderA}
	add(t, h.Store, old, junk, proven)
	must(t, h.Store.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
		st.Orders = []*parcel.Order{{ID: orderA, FirstSeen: Now()}, {ID: orderB, FirstSeen: Now(), Unverified: true}, {ID: "8190000000000003", FirstSeen: Now()}}
		return nil
	}), "add orders")
	for _, step := range []struct {
		which store.Selection
		n     int
		left  []int64
	}{
		{store.Selection{Unverified: true, Since: Now().AddDate(0, 0, -1)}, 2, []int64{old.ID, proven.ID}},
		{store.Selection{Unverified: true}, 1, []int64{proven.ID}},
		{store.Selection{Since: Now().AddDate(0, 0, -1)}, 2, nil},
	} {
		if n := get[int](t)(h.Store.ForgetAll(t.Context(), step.which, false)); n != step.n {
			t.Errorf("forgetting %+v forgets %d, want %d", step.which, n, step.n)
		}
		left := ids(get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context())))
		if slices.Sort(left); !slices.Equal(left, step.left) {
			t.Errorf("after forgetting %+v parcels %v are left, want %v", step.which, left, step.left)
		}
	}
	if got := get[[]parcel.Order](t)(h.Store.Orders(t.Context())); len(got) != 0 {
		t.Errorf("orders %v are left", got)
	}
	if got := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{})); len(got) != 0 {
		t.Errorf("changes %v are left", keys(got))
	}
}
