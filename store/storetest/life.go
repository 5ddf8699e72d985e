package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

func lifeChecks() []Check {
	return []Check{
		{"a number seen again long after the end is a new parcel", numberReused},
		{"a merged parcel goes and its changes go over", mergedGoes},
		{"what is forgotten stays forgotten until purged or taken back", forgottenStays},
		{"an order that another parcel carries is not forgotten", sharedOrderStays},
		{"finished crossings are listed as journeys", journeysListed},
		{"the newest deliveries are listed as trips", tripsListed},
	}
}

// scan returns an event of the n-th day, in a fixed zone.
func scan(n int) parcel.Event {
	zone := time.FixedZone("", 8*3600)
	return parcel.Event{
		Time: Now().AddDate(0, 0, n-10).In(zone), ZoneKnown: true, Status: parcel.InTransit,
		Country: "CN", Place: "Guangzhou", Text: "Departed", Code: "D", Sources: []string{"upu"},
	}
}

// full returns a parcel with every kind of field set.
func full() *parcel.Parcel {
	p := newParcel(numberA, numberB)
	p.Title = "USB-C cable"
	p.Items = []parcel.Item{{Title: "Cable", Variant: "1 m", Quantity: 2}}
	p.Orders = []string{orderA, orderB}
	p.Maybe = []parcel.Link{{Number: numberC, Since: Now(), Reason: "same order", Certainty: parcel.Maybe, Parcel: 9}}
	p.NeverJoin = []number.Number{"LP00999900000034"}
	p.Mailboxes, p.Logistics = parcel.Mailboxes{"home"}, parcel.Logistics{Sender: "Singapore Post", Sites: []string{"singpost.com"}}
	p.Sources = []parcel.Source{{
		Carrier: "upu", Number: numberA, Events: []parcel.Event{scan(0), scan(1)}, Result: parcel.ResultOK,
		Asked: Now(), Answered: Now(), ETA: "2026-03-05", Pickup: parcel.Pickup{Place: "Office 101000", Until: "2026-03-20"},
	}}
	p.Status, p.StatusSince, p.Phase = parcel.Import, Now(), parcel.PhaseDestination
	p.Origin, p.Destination, p.Exported, p.Imported = "CN", "RU", Now().AddDate(0, 0, -20), Now().AddDate(0, 0, -2)
	p.LastEvent, p.ETA, p.Pickup = Now(), "2026-03-05", parcel.Pickup{Place: "Office 101000", Until: "2026-03-20"}
	p.Shipped, p.Changed, p.Stalled, p.Reminded = Now(), Now(), Now(), Now()
	p.Reason, p.Muted, p.AddedByUser = "new", true, true
	return p
}

func survivesReopen(t T, h Harness) {
	want := full()
	add(t, h.Store, want)
	order := parcel.Order{
		ID: orderA, Shop: "aliexpress", Mailboxes: parcel.Mailboxes{"home"}, Items: want.Items, Placed: Now(), Step: parcel.StepShipped,
		StepWords: "Package shipped", StepAt: Now(), Shipped: Now(), ETA: "2026-03-05", FirstSeen: Now(),
	}
	must(t, h.Store.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
		st.Orders = append(st.Orders, &order)
		return nil
	}), "add order")
	s := h.Reopen()
	for _, n := range want.Numbers() {
		if diff := cmp.Diff(*want, get[parcel.Parcel](t)(s.ParcelByNumber(t.Context(), n))); diff != "" {
			t.Errorf("parcel of %s after a reopen (-want +got):\n%s", n, diff)
		}
	}
	same(t, "orders after a reopen", []parcel.Order{order}, get[[]parcel.Order](t)(s.Orders(t.Context())))
	if got := get[[]parcel.Change](t)(s.Pending(t.Context(), "me", time.Time{})); len(got) != 1 || got[0].Parcel != want.ID {
		t.Errorf("changes after a reopen = %+v", got)
	}
}

func timesRoundTrip(t T, h Harness) {
	zone := time.FixedZone("", 5*3600+1800)
	p := newParcel(numberA)
	e := scan(0)
	e.Time = Now().In(zone)
	p.Sources = []parcel.Source{{Carrier: "upu", Number: numberA, Events: []parcel.Event{e}}}
	p.NextCheck = Now().In(zone)
	add(t, h.Store, p)
	due := get[[]parcel.Parcel](t)(h.Store.Due(t.Context(), Now(), 1, nil))
	if len(due) != 1 {
		t.Fatalf("a parcel due now, said in another zone, is not due")
	}
	got := due[0].Sources[0].Events[0].Time
	if !got.Equal(e.Time) {
		t.Errorf("event at %v, want %v", got, e.Time)
	}
	if _, offset := got.Zone(); offset != 5*3600+1800 {
		t.Errorf("zone offset = %d, want %d", offset, 5*3600+1800)
	}
	if !due[0].Stalled.IsZero() {
		t.Errorf("a time never set came back as %v", due[0].Stalled)
	}
	if len(get[[]parcel.Parcel](t)(h.Store.Due(t.Context(), Now().Add(-time.Millisecond), 1, nil))) != 0 {
		t.Errorf("a parcel is due a millisecond early")
	}
}

func textRoundTrip(t T, h Harness) {
	texts := []string{
		"Кабель USB-C, 1 м — «чёрный»", "数据线 广州", "📦🚚 in transit", "שלום \u202eRTL", "a\x00b\tc\nd", `quote ' " \ %_`,
		strings.Repeat("длинный ", 2000),
	}
	p := newParcel(numberA)
	for _, s := range texts {
		p.Items = append(p.Items, parcel.Item{Title: s})
	}
	add(t, h.Store, p)
	got := get[parcel.Parcel](t)(h.Reopen().ParcelByNumber(t.Context(), numberA))
	same(t, "texts", p.Items, got.Items)
	must(t, h.Store.SetAside(t.Context(), *mail(1), texts[0], message.Raw(texts[1]+texts[2]), Now()), "set aside")
	bad := get[parcel.Health](t)(h.Store.Health(t.Context())).NotUnderstood
	if len(bad) != 1 || bad[0].Subject != texts[0] || !bad[0].Why[0].Equal(message.Raw(texts[1]+texts[2])) {
		t.Errorf("not understood = %+v", bad)
	}
}

func notFound(t T, h Harness) {
	add(t, h.Store, newParcel(numberA))
	_, byNumber := h.Store.ParcelByNumber(t.Context(), numberB)
	_, secret := h.Store.Secret(t.Context(), "none")
	for what, err := range map[string]error{
		"ParcelByNumber": byNumber,
		"Secret":         secret,
		"Forget":         h.Store.Forget(t.Context(), 99, false),
		"Record":         h.Store.Record(t.Context(), "none@x", []store.Delivery{{To: "a@example.org", State: store.DeliverySent}}),
	} {
		if !errors.Is(err, parcel.ErrNotFound) {
			t.Errorf("%s of nothing = %v, want parcel.ErrNotFound", what, err)
		}
	}
}

func numberReused(t T, h Harness) {
	old := newParcel(numberA)
	old.Status, old.FinalAt = parcel.Delivered, Now()
	old.Orders = []string{orderA}
	add(t, h.Store, old)
	later := func(days int) store.Scope {
		return store.Scope{Numbers: []number.Number{numberA}, Now: Now().AddDate(0, 0, days)}
	}
	intake(t, h.Store, later(181))
	if got := get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context())); len(got) != 1 {
		t.Fatalf("within six months %d parcels, want 1", len(got))
	}
	intake(t, h.Store, later(185))
	if got := get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context())); len(got) != 2 {
		t.Fatalf("after six months %d parcels, want 2", len(got))
	}
	if got := get[parcel.Parcel](t)(h.Store.ParcelByNumber(t.Context(), numberA)); got.ID == old.ID {
		t.Errorf("the number leads to the old parcel")
	}
	// The order still belongs to the old one.
	scope := later(200)
	scope.Numbers, scope.Orders = nil, []string{orderA}
	var loaded int
	must(t, h.Store.Apply(t.Context(), scope, func(st *store.State) error { loaded = len(st.Parcels); return nil }), "load by order")
	if loaded != 1 {
		t.Errorf("by its order %d parcels are loaded, want the old one", loaded)
	}
}

func mergedGoes(t T, h Harness) {
	a, b := newParcel(numberA), newParcel(numberB)
	add(t, h.Store, a, b)
	must(t, h.Store.Apply(t.Context(), store.Scope{Parcels: []int64{a.ID, b.ID}, Now: Now()}, func(st *store.State) error {
		st.Parcels[0].Links = append(st.Parcels[0].Links, st.Parcels[1].Links...)
		st.Merged = []int64{b.ID}
		return nil
	}), "merge")
	for _, n := range []number.Number{numberA, numberB} {
		if got := get[parcel.Parcel](t)(h.Store.ParcelByNumber(t.Context(), n)); got.ID != a.ID {
			t.Errorf("%s leads to parcel %d, want %d", n, got.ID, a.ID)
		}
	}
	if got := get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context())); len(got) != 1 {
		t.Errorf("%d parcels are left, want 1", len(got))
	}
	for _, c := range get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{})) {
		if c.Parcel != a.ID {
			t.Errorf("change %s is of parcel %d, which is gone", c.Key, c.Parcel)
		}
	}
}

func forgottenStays(t T, h Harness) {
	p := newParcel(numberA)
	p.Orders = []string{orderA}
	forget := func(purge bool) {
		p.ID = 0
		add(t, h.Store, p)
		must(t, h.Store.Apply(t.Context(), store.Scope{Orders: []string{orderA}, Now: Now()}, func(st *store.State) error {
			delete(st.Forgotten, orderA)
			st.Orders = []*parcel.Order{{ID: orderA, FirstSeen: Now()}}
			return nil
		}), "add order")
		must(t, h.Store.Forget(t.Context(), p.ID, purge), "forget")
		if got := get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context())); len(got) != 0 {
			t.Errorf("the forgotten parcel is still listed")
		}
		if got := get[[]parcel.Order](t)(h.Store.Orders(t.Context())); len(got) != 0 {
			t.Errorf("the forgotten parcel's order is still listed")
		}
		if got := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{})); len(got) != 0 {
			t.Errorf("changes of the forgotten parcel wait to be told: %v", keys(got))
		}
	}
	memory := func(want bool, when string) {
		t.Helper()
		scope := store.Scope{Numbers: []number.Number{numberA, numberB}, Orders: []string{orderA}, Now: Now()}
		must(t, h.Reopen().Apply(t.Context(), scope, func(st *store.State) error {
			if st.Forgotten[string(numberA)] != want || st.Forgotten[orderA] != want || st.Forgotten[string(numberB)] {
				t.Errorf("%s: forgotten = %v, want number and order %t", when, st.Forgotten, want)
			}
			return nil
		}), "look")
	}
	forget(false)
	memory(true, "after forget")
	intake(t, h.Store, store.Scope{Mail: mail(1), Numbers: []number.Number{numberA}, Now: Now()})
	memory(true, "after a mail")
	forget(true) // it was added again meanwhile
	memory(false, "after purge")
	forget(false)
	must(t, h.Store.Apply(t.Context(), store.Scope{Numbers: []number.Number{numberA}, Orders: []string{orderA}, Now: Now()}, func(st *store.State) error {
		clear(st.Forgotten)
		return nil
	}), "take back")
	memory(false, "after it was taken back")
}

func sharedOrderStays(t T, h Harness) {
	a, b := newParcel(numberA), newParcel(numberB)
	a.Orders, b.Orders = []string{orderA}, []string{orderA}
	add(t, h.Store, a, b)
	must(t, h.Store.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
		st.Orders = []*parcel.Order{{ID: orderA, FirstSeen: Now()}}
		return nil
	}), "add order")
	must(t, h.Store.Forget(t.Context(), a.ID, false), "forget")
	if got := get[[]parcel.Order](t)(h.Store.Orders(t.Context())); len(got) != 1 {
		t.Errorf("the order of the other parcel is gone")
	}
	must(t, h.Store.Apply(t.Context(), store.Scope{Orders: []string{orderA}, Now: Now()}, func(st *store.State) error {
		if st.Forgotten[orderA] {
			t.Errorf("the order of the other parcel counts as forgotten")
		}
		return nil
	}), "look")
}

func journeysListed(t T, h Harness) {
	done, onTheWay, odd := newParcel(numberA), newParcel(numberB), newParcel(numberC)
	done.Origin, done.Destination, done.Exported, done.Imported = "CN", "RU", Now().AddDate(0, 0, -20), Now()
	onTheWay.Origin, onTheWay.Destination, onTheWay.Exported = "CN", "RU", Now()
	odd.Origin, odd.Destination, odd.Exported, odd.Imported = "CN", "RU", Now(), Now().AddDate(0, 0, -1)
	add(t, h.Store, done, onTheWay, odd)
	want := []store.Journey{{Origin: "CN", Destination: "RU", Exported: done.Exported, Imported: done.Imported}}
	same(t, "journeys", want, get[[]store.Journey](t)(h.Store.Journeys(t.Context())))
	var later []*parcel.Parcel
	for i := range store.MostJourneys {
		p := newParcel(number.Number(fmt.Sprintf("LP%014d", i)))
		p.Origin, p.Destination, p.Exported, p.Imported = "CN", "RU", Now(), Now().Add(time.Duration(i+1)*time.Minute)
		later = append(later, p)
	}
	add(t, h.Store, later...)
	got := get[[]store.Journey](t)(h.Store.Journeys(t.Context()))
	if len(got) != store.MostJourneys || !got[0].Imported.Equal(Now().Add(time.Minute)) || !got[len(got)-1].Imported.Equal(later[len(later)-1].Imported) {
		t.Errorf("%d journeys from %v to %v, want the latest %d", len(got), got[0].Imported, got[len(got)-1].Imported, store.MostJourneys)
	}
}

func tripsListed(t T, h Harness) {
	var all []*parcel.Parcel
	for i := range store.MostTrips + 2 {
		p := newParcel(number.Number(fmt.Sprintf("LP%014d", i)))
		p.Status, p.Destination, p.Shipped = parcel.Delivered, "RU", Now().AddDate(0, 0, -60)
		p.Imported = Now().Add(time.Duration(i) * time.Minute)
		p.StatusSince, p.FinalAt = p.Imported.Add(time.Hour), p.Imported.Add(time.Hour)
		all = append(all, p)
	}
	onTheWay, unproven, unscanned := *all[0], *all[0], *all[0]
	onTheWay.Status, onTheWay.FinalAt, unproven.Unverified, unscanned.Imported = parcel.InTransit, time.Time{}, true, time.Time{}
	for i, p := range []*parcel.Parcel{&onTheWay, &unproven, &unscanned} {
		p.Links = []parcel.Link{{Number: number.Number(fmt.Sprintf("LP%014d", 9000+i))}}
		all = append(all, p)
	}
	onTheWay.Imported, unproven.Imported = Now().AddDate(0, 0, 1), Now().AddDate(0, 0, 1)
	add(t, h.Store, all...)
	var want []parcel.Trip
	for i := range store.MostTrips {
		want = append(want, all[store.MostTrips+1-i].Trip())
	}
	same(t, "trips", want, get[[]parcel.Trip](t)(h.Store.Trips(t.Context())))
}
