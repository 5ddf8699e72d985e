package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

var errMiddle = errors.New("a failure in the middle")

func parcelChecks() []Check {
	return []Check{
		{"a parcel saved twice is one", savedTwice},
		{"two mails naming one number are one parcel", oneNumber},
		{"a scope loads by number, order and id, each parcel once", scopeLoads},
		{"parcels are due in order and up to the limit", dueOrder},
		{"lists leave out what is final or closed", activeLists},
		{"recording the same tracking twice makes no change", sameTracking},
		{"an event inserted earlier in time is kept in its place", earlierEvent},
		{"a failure in the middle leaves nothing", failureLeavesNothing},
		{"a cancelled context leaves nothing", cancelLeavesNothing},
		{"two writers at once lose nothing", twoWriters},
		{"everything survives a reopen", survivesReopen},
		{"times keep their milliseconds and their zone", timesRoundTrip},
		{"text of any script survives", textRoundTrip},
		{"what is not there is ErrNotFound", notFound},
	}
}

func savedTwice(t T, h Harness) {
	p := newParcel(numberA)
	add(t, h.Store, p)
	if p.ID == 0 {
		t.Fatalf("a new parcel got no id")
	}
	change(t, h.Store, p.ID, func(*parcel.Parcel) {})
	change(t, h.Store, p.ID, func(p *parcel.Parcel) { p.Title = "cable" })
	all := get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context()))
	if len(all) != 1 || all[0].ID != p.ID || all[0].Title != "cable" {
		t.Errorf("parcels = %+v, want the one with the title", all)
	}
}

func oneNumber(t T, h Harness) {
	for uid := range uint32(2) {
		intake(t, h.Store, store.Scope{Mail: mail(uid + 1), Numbers: []number.Number{numberA}, Now: Now()})
	}
	if all := get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context())); len(all) != 1 {
		t.Errorf("two mails made %d parcels, want 1", len(all))
	}
}

func scopeLoads(t T, h Harness) {
	a, b, c := newParcel(numberA), newParcel(numberB), newParcel(numberC)
	a.Orders = []string{orderA}
	b.Orders = []string{orderA, orderB}
	add(t, h.Store, a, b, c)
	order := parcel.Order{ID: orderB, Shop: "aliexpress", Step: parcel.StepShipped, FirstSeen: Now()}
	must(t, h.Store.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
		st.Orders = append(st.Orders, &order)
		return nil
	}), "add order")
	for _, tc := range []struct {
		name   string
		scope  store.Scope
		want   []int64
		orders int
	}{
		{"nothing", store.Scope{}, nil, 0},
		{"number", store.Scope{Numbers: []number.Number{numberA}}, []int64{a.ID}, 0},
		{"order of two", store.Scope{Orders: []string{orderA}}, []int64{a.ID, b.ID}, 0},
		{"id", store.Scope{Parcels: []int64{c.ID}}, []int64{c.ID}, 0},
		{"all ways to one", store.Scope{Numbers: []number.Number{numberB}, Orders: []string{orderB, orderB}, Parcels: []int64{b.ID}}, []int64{b.ID}, 1},
		{"unknown", store.Scope{Numbers: []number.Number{"XX000000000"}, Orders: []string{"1"}, Parcels: []int64{99}}, nil, 0},
	} {
		tc.scope.Now = Now()
		var got []parcel.Parcel
		var orders int
		must(t, h.Store.Apply(t.Context(), tc.scope, func(st *store.State) error {
			got, orders = nil, len(st.Orders)
			for _, p := range st.Parcels {
				got = append(got, *p)
			}
			return nil
		}), tc.name)
		if diff := cmp.Diff(tc.want, ids(got), cmpopts.SortSlices(func(a, b int64) bool { return a < b })); diff != "" || orders != tc.orders {
			t.Errorf("scope %q loaded parcels (-want +got):\n%s\nand %d orders, want %d", tc.name, diff, orders, tc.orders)
		}
	}
}

func dueOrder(t T, h Harness) {
	if next := get[time.Time](t)(h.Store.NextDue(t.Context())); !next.IsZero() {
		t.Errorf("an empty store has something due at %v", next)
	}
	at := func(d time.Duration) *parcel.Parcel {
		p := newParcel(number.Number(fmt.Sprintf("NUMBER%d", d)))
		p.NextCheck = Now().Add(d)
		return p
	}
	never := newParcel(numberA)
	never.NextCheck = time.Time{}
	late, soon, now, longest := at(time.Minute), at(-time.Second), at(0), at(-time.Hour)
	add(t, h.Store, never, late, soon, now, longest)
	got := ids(get[[]parcel.Parcel](t)(h.Store.Due(t.Context(), Now(), 10, nil)))
	same(t, "due parcels", []int64{longest.ID, soon.ID, now.ID}, got)
	got = ids(get[[]parcel.Parcel](t)(h.Store.Due(t.Context(), Now(), 2, nil)))
	same(t, "due parcels up to 2", []int64{longest.ID, soon.ID}, got)
	got = ids(get[[]parcel.Parcel](t)(h.Store.Due(t.Context(), Now(), 2, func(id int64) bool { return id == longest.ID })))
	same(t, "due parcels up to 2 without the longest due", []int64{soon.ID, now.ID}, got)
	if next := get[time.Time](t)(h.Store.NextDue(t.Context())); !next.Equal(longest.NextCheck) {
		t.Errorf("NextDue = %v, want %v", next, longest.NextCheck)
	}
}

func activeLists(t T, h Harness) {
	second, first := newParcel(numberA), newParcel(numberB)
	first.FirstSeen = Now().Add(-time.Hour)
	closed, final := newParcel(numberC), newParcel("LP00999900000034")
	closed.Closed = true
	final.Status, final.FinalAt = parcel.Delivered, Now()
	add(t, h.Store, second, first, closed, final)
	same(t, "parcels on their way", []int64{first.ID, second.ID}, ids(get[[]parcel.Parcel](t)(h.Store.FollowedParcels(t.Context(), nil))))
	same(t, "all parcels", []int64{first.ID, second.ID, closed.ID, final.ID}, ids(get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context()))))
	must(t, h.Store.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
		st.Orders = append(st.Orders,
			&parcel.Order{ID: orderA, FirstSeen: Now()},
			&parcel.Order{ID: orderB, FirstSeen: Now().Add(-time.Hour)},
			&parcel.Order{ID: "3", FirstSeen: Now(), Closed: true})
		return nil
	}), "add orders")
	open := get[[]parcel.Order](t)(h.Store.FollowedOrders(t.Context(), nil))
	if len(open) != 2 || open[0].ID != orderB || open[1].ID != orderA {
		t.Errorf("open orders = %+v, want %s, %s", open, orderB, orderA)
	}
	same(t, "all orders", []string{orderB, "3", orderA}, orderIDs(get[[]parcel.Order](t)(h.Store.Orders(t.Context()))))
}

func sameTracking(t T, h Harness) {
	p := newParcel(numberA)
	add(t, h.Store, p)
	for range 2 {
		must(t, h.Store.Apply(t.Context(), store.Scope{Parcels: []int64{p.ID}, Now: Now()}, func(st *store.State) error {
			q := st.Parcels[0]
			q.Sources = []parcel.Source{{Carrier: "upu", Number: numberA, Events: []parcel.Event{scan(0)}}}
			q.Status = parcel.Export
			st.Changes = append(st.Changes, store.NewChange{Change: news("moved|export"), Of: q})
			return nil
		}), "record tracking")
	}
	got := keys(get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{})))
	same(t, "changes", []string{"new|" + string(numberA), "moved|export"}, got)
}

func earlierEvent(t T, h Harness) {
	p := newParcel(numberA)
	p.Sources = []parcel.Source{{Carrier: "upu", Number: numberA, Events: []parcel.Event{scan(1), scan(2)}}}
	add(t, h.Store, p)
	change(t, h.Store, p.ID, func(p *parcel.Parcel) {
		p.Sources[0].Events = append([]parcel.Event{scan(0)}, p.Sources[0].Events...)
	})
	got := get[parcel.Parcel](t)(h.Store.ParcelByNumber(t.Context(), numberA))
	same(t, "events", []parcel.Event{scan(0), scan(1), scan(2)}, got.Sources[0].Events)
}

func failureLeavesNothing(t T, h Harness) {
	p := newParcel(numberA)
	add(t, h.Store, p)
	scope := store.Scope{
		Mail: mail(9), Digest: "d", Numbers: []number.Number{numberA, numberB},
		Orders: []string{orderA}, Parcels: []int64{p.ID}, Now: Now(),
	}
	mess := func(st *store.State) *parcel.Parcel {
		st.Parcels[0].Title = "changed"
		q := newParcel(numberB)
		st.Parcels = append(st.Parcels, q)
		st.Orders = append(st.Orders, &parcel.Order{ID: orderA, FirstSeen: Now()})
		st.NotUnderstood = &parcel.NotUnderstood{Mail: "x", Why: []message.Text{message.Raw("y")}, At: Now()}
		st.Changes = append(st.Changes, store.NewChange{Change: news("x"), Of: q})
		return q
	}
	err := h.Store.Apply(t.Context(), scope, func(st *store.State) error { mess(st); return errMiddle })
	if !errors.Is(err, errMiddle) {
		t.Errorf("Apply = %v, want decide's own error in it", err)
	}
	untouched(t, h.Store, "decide failed")
	var q *parcel.Parcel
	err = h.Store.Apply(t.Context(), scope, func(st *store.State) error {
		q = mess(st)
		st.Changes = append(st.Changes, store.NewChange{Change: news("")}) // refused after the rest was saved
		return nil
	})
	if err == nil {
		t.Errorf("a change without a key was accepted")
	}
	if q.ID != 0 {
		t.Errorf("a parcel that was not stored kept the id %d", q.ID)
	}
	untouched(t, h.Store, "saving failed")
	if !intake(t, h.Store, scope) {
		t.Errorf("the mail counts as imported though importing it failed")
	}
}

func cancelLeavesNothing(t T, h Harness) {
	add(t, h.Store, newParcel(numberA))
	ctx, cancel := context.WithCancel(t.Context())
	err := h.Store.Apply(ctx, store.Scope{Mail: mail(9), Numbers: []number.Number{numberA}, Now: Now()}, func(st *store.State) error {
		st.Parcels[0].Title = "changed"
		st.Parcels = append(st.Parcels, newParcel(numberB))
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Apply = %v, want context.Canceled", err)
	}
	untouched(t, h.Store, "cancelled")
	if _, err := h.Store.Parcels(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Parcels with a cancelled context = %v, want context.Canceled", err)
	}
}

// untouched checks that the store is as add(numberA) left it.
func untouched(t T, s store.Store, when string) {
	t.Helper()
	all := get[[]parcel.Parcel](t)(s.Parcels(t.Context()))
	if len(all) != 1 || all[0].Title != "" {
		t.Errorf("%s: parcels = %+v, want the one untouched", when, all)
	}
	if orders := get[[]parcel.Order](t)(s.Orders(t.Context())); len(orders) != 0 {
		t.Errorf("%s: an order stayed", when)
	}
	if got := keys(get[[]parcel.Change](t)(s.Pending(t.Context(), "me", time.Time{}))); len(got) != 1 {
		t.Errorf("%s: changes = %v, want the first one only", when, got)
	}
	if pos := get[store.Checkpoint](t)(s.Checkpoint(t.Context(), "home", "INBOX")); pos != (store.Checkpoint{}) {
		t.Errorf("%s: the position moved to %+v", when, pos)
	}
	if bad := get[parcel.Health](t)(s.Health(t.Context())).NotUnderstood; len(bad) != 0 {
		t.Errorf("%s: a mail is listed as not understood", when)
	}
}

func twoWriters(t T, h Harness) {
	const each = 20
	p := newParcel(numberA)
	add(t, h.Store, p)
	var wg sync.WaitGroup
	errs := make(chan error, 2*each)
	for w, s := range []store.Store{h.Store, h.Reopen()} {
		wg.Go(func() {
			for i := range each {
				errs <- s.Apply(t.Context(), store.Scope{Parcels: []int64{p.ID}, Now: Now()}, func(st *store.State) error {
					st.Parcels[0].Orders = append(st.Parcels[0].Orders, fmt.Sprintf("%d-%d", w, i))
					return nil
				})
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		must(t, err, "write beside another writer")
	}
	if got := get[parcel.Parcel](t)(h.Store.ParcelByNumber(t.Context(), numberA)); len(got.Orders) != 2*each {
		t.Errorf("%d of %d additions are left", len(got.Orders), 2*each)
	}
}
