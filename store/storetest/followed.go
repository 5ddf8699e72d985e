package storetest

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

func followedChecks() []Check {
	return []Check{
		{"followed parcels are the active ones and those asked for", followedParcels},
		{"what has ended is the rest", ended},
		{"followed parcels come in pages", followedPages},
		{"an outline is the stored parcel without what is only shown", outlines},
		{"parcels to remind of are those that wait and those whose protection began in a time", remindable},
		{"parcels that a carrier was asked about are counted once each", asked},
		{"followed orders are the open ones without a parcel and those asked for", followedOrders},
		{"an order is found with its parcels", orderFound},
		{"every parcel has one standing and is visited once, until the visitor has enough", eachParcel},
		{"the newest changes come first", recentChanges},
		{"a channel's news is that of some time, until it is marked", channelNews},
	}
}

func followedParcels(t T, h Harness) {
	active, final, closed, other := newParcel(numberA), newParcel(numberB), newParcel(numberC), newParcel("LA900000146CN")
	final.Status, final.FinalAt = parcel.Delivered, Now()
	closed.Closed = true
	other.Status, other.FinalAt = parcel.Delivered, Now()
	other.FirstSeen = Now().AddDate(0, 0, -1)
	add(t, h.Store, active, final, closed, other)
	list := get[[]parcel.Parcel](t)
	same(t, "followed parcels", []int64{active.ID}, ids(list(h.Store.FollowedParcels(t.Context(), nil))))
	same(t, "followed parcels and two others, by first seen", []int64{other.ID, active.ID, closed.ID},
		ids(list(h.Store.FollowedParcels(t.Context(), []int64{closed.ID, other.ID, active.ID, 99}))))
	same(t, "outlines of followed parcels", []int64{active.ID}, ids(list(h.Store.Outlines(t.Context(), nil))))
	same(t, "outlines of followed parcels and two others, by first seen", []int64{other.ID, active.ID, closed.ID},
		ids(list(h.Store.Outlines(t.Context(), []int64{closed.ID, other.ID, active.ID, 99}))))
}

func followedPages(t T, h Harness) {
	var want []int64
	for i, n := range []number.Number{numberA, numberB, numberC} {
		p := newParcel(n)
		p.FirstSeen = Now().Add(time.Duration(i) * time.Hour)
		add(t, h.Store, p)
		want = append(want, p.ID)
	}
	for _, c := range []struct {
		page store.Page
		want []int64
	}{
		{store.Page{Size: 2}, want[:2]},
		{store.Page{After: 2, Size: 2}, want[2:]},
		{store.Page{After: 1}, want[1:]},
		{store.Page{After: 3, Size: 2}, nil},
	} {
		same(t, fmt.Sprintf("%+v", c.page), c.want, ids(get[[]parcel.Parcel](t)(h.Store.FollowedPage(t.Context(), c.page))))
	}
}

// outlines are those of parcels as they were last stored.
func outlines(t T, h Harness) {
	p := newParcel(numberA)
	p.Items, p.Orders = []parcel.Item{{Title: "Lamp"}}, []string{orderA}
	p.Maybe = []parcel.Link{{Number: numberB, Since: Now(), Reason: "order"}}
	p.NeverJoin = []number.Number{numberC}
	p.Logistics.Sender = "Yanwen"
	p.Sources = []parcel.Source{{Carrier: "upu", Number: numberA, Asked: Now(), Events: []parcel.Event{{Text: "Accepted", Time: Now()}}}}
	add(t, h.Store, p)
	must(t, h.Store.Apply(t.Context(), store.Scope{Parcels: []int64{p.ID}, Now: Now()}, func(st *store.State) error {
		st.Parcels[0].Title, st.Parcels[0].Stalled = "mine", Now()
		return nil
	}), "change a parcel")
	whole := get[[]parcel.Parcel](t)(h.Store.ParcelsByID(t.Context(), []int64{p.ID}))
	brief := get[[]parcel.Parcel](t)(h.Store.Outlines(t.Context(), nil))
	if len(whole) != 1 || len(brief) != 1 {
		t.Fatalf("%d parcels, %d outlines", len(whole), len(brief))
	}
	if len(whole[0].Sources) != 1 || len(whole[0].Items) != 1 {
		t.Errorf("the whole parcel lacks something: %+v", whole[0])
	}
	want := whole[0]
	want.Items, want.Orders, want.Unions, want.Maybe, want.NeverJoin, want.Logistics = nil, nil, nil, nil, nil, parcel.Logistics{}
	want.Sources = []parcel.Source{{Carrier: "upu", Asked: Now()}}
	if !reflect.DeepEqual(want, brief[0]) {
		t.Errorf("outline %+v, want %+v", brief[0], want)
	}
}

func asked(t T, h Harness) {
	since := Now().Add(-time.Hour)
	source := func(carrier string, at time.Time) parcel.Source {
		return parcel.Source{Carrier: carrier, Number: numberA, Asked: at}
	}
	one, two, final, closed := newParcel(numberA), newParcel(numberB), newParcel(numberC), newParcel("LA900000146CN")
	one.Sources = []parcel.Source{source("post", since), source("post", Now()), source("line", since.Add(-time.Second)), source("never", time.Time{})}
	two.Sources = []parcel.Source{source("post", Now()), source("upu", Now())}
	final.Status, final.FinalAt, final.Sources = parcel.Delivered, Now(), one.Sources
	closed.Closed, closed.Sources = true, one.Sources
	add(t, h.Store, one, two, final, closed)
	got := get[map[string]int](t)(h.Store.Asked(t.Context(), since))
	if want := map[string]int{"post": 2, "upu": 1}; !maps.Equal(got, want) {
		t.Errorf("asked %v, want %v", got, want)
	}
	const many = 1200 // of which a sample is looked at
	var crowd []*parcel.Parcel
	for i := range many {
		p := newParcel(number.Number(fmt.Sprintf("LP%014d", i)))
		p.Sources = []parcel.Source{source("crowded", Now())}
		crowd = append(crowd, p)
	}
	add(t, h.Store, crowd...)
	if n := get[map[string]int](t)(h.Store.Asked(t.Context(), since))["crowded"]; n < many*9/10 || n > many*11/10 {
		t.Errorf("a carrier was asked about %d parcels, want about %d", n, many)
	}
}

func remindable(t T, h Harness) {
	from, to := Now().AddDate(0, 0, -70), Now().AddDate(0, 0, -60)
	at := func(n number.Number, shipped time.Time, change func(*parcel.Parcel)) *parcel.Parcel {
		p := newParcel(n)
		p.Status, p.Shipped = parcel.InTransit, shipped
		change(p)
		add(t, h.Store, p)
		return p
	}
	none := func(*parcel.Parcel) {}
	inside := at(numberA, from.AddDate(0, 0, 1), none)
	at(numberB, from.AddDate(0, 0, -1), none)
	at(numberC, from.AddDate(0, 0, 1), func(p *parcel.Parcel) { p.Closed = true })
	waiting := at("LA900000146CN", Now(), func(p *parcel.Parcel) { p.Status = parcel.ReadyForPickup })
	unsent := at("LP00999900000034", time.Time{}, func(p *parcel.Parcel) { p.FirstSeen = to })
	at("RB40000001XCN", time.Time{}, func(p *parcel.Parcel) { p.FirstSeen, p.AddedByUser = to, true })
	got := ids(get[[]parcel.Parcel](t)(h.Store.Remindable(t.Context(), from, to)))
	slices.Sort(got)
	same(t, "parcels to remind of", []int64{inside.ID, waiting.ID, unsent.ID}, got)
}

func ended(t T, h Harness) {
	active, final, closed := newParcel(numberA), newParcel(numberB), newParcel(numberC)
	final.Status, final.FinalAt = parcel.Delivered, Now()
	closed.Closed, closed.Orders = true, []string{orderA}
	add(t, h.Store, active, final, closed)
	const over = "8190000000000003"
	addOrders(t, h.Store, &parcel.Order{ID: orderA, FirstSeen: Now(), Closed: true}, &parcel.Order{ID: orderB, FirstSeen: Now()},
		&parcel.Order{ID: over, FirstSeen: Now(), Closed: true})
	var parcels []int64
	var orders []string
	must(t, h.Store.Ended(t.Context(), func(p *parcel.Parcel) { parcels = append(parcels, p.ID) },
		func(o *parcel.Order) { orders = append(orders, o.ID) }), "read what has ended")
	slices.Sort(parcels)
	same(t, "parcels that are closed or final", []int64{final.ID, closed.ID}, parcels)
	same(t, "closed orders without a parcel", []string{over}, orders)
}

func eachParcel(t T, h Harness) {
	later, open, delivered, closed, both, returned := newParcel("RR900000416CN"), newParcel(numberA), newParcel(numberB), newParcel("LA900000146CN"),
		newParcel("LA900000257CN"), newParcel("LP900000018CN")
	later.FirstSeen = Now().Add(time.Hour)
	delivered.Status, delivered.FinalAt = parcel.Delivered, Now()
	closed.Closed = true
	both.Status, both.FinalAt, both.Closed = parcel.Delivered, Now().Add(time.Hour), true
	returned.Status, returned.FinalAt = parcel.Returned, Now()
	add(t, h.Store, later, open, delivered, closed, both, returned)
	for standing, want := range map[store.Standing][]int64{
		store.Open: {open.ID, later.ID}, store.Delivered: {both.ID, delivered.ID}, store.Archived: {returned.ID, closed.ID},
	} {
		var all, one []int64
		must(t, h.Store.EachParcel(t.Context(), standing, func(p parcel.Parcel) bool { all = append(all, p.ID); return true }), "visit parcels")
		must(t, h.Store.EachParcel(t.Context(), standing, func(p parcel.Parcel) bool { one = append(one, p.ID); return false }), "visit a parcel")
		same(t, string(standing), want, all)
		same(t, string(standing)+", the first", want[:1], one)
	}
	same(t, "parcels by id", []int64{returned.ID, open.ID}, ids(get[[]parcel.Parcel](t)(h.Store.ParcelsByID(t.Context(), []int64{returned.ID, 99, open.ID}))))
	must(t, h.Store.Household("other").EachParcel(t.Context(), store.Open, func(parcel.Parcel) bool {
		t.Errorf("a parcel of another household is visited")
		return true
	}), "visit another household")
}

func recentChanges(t T, h Harness) {
	must(t, h.Store.Tell(t.Context(), []parcel.Change{
		{Kind: parcel.ChangeHealth, New: "old", At: Now(), Key: "1"},
		{Kind: parcel.ChangeHealth, New: "quiet", At: Now().Add(3 * time.Hour), Key: "2", Quiet: true},
		{Kind: parcel.ChangeHealth, New: "new", At: Now().Add(2 * time.Hour), Key: "3"},
		{Kind: parcel.ChangeHealth, New: "middle", At: Now().Add(time.Hour), Key: "4"},
	}), "tell changes")
	var got []string
	for _, ch := range get[[]parcel.Change](t)(h.Store.RecentChanges(t.Context(), 2)) {
		got = append(got, ch.New)
	}
	same(t, "recent changes", []string{"new", "middle"}, got)
}

func orderIDs(orders []parcel.Order) []string {
	out := []string{}
	for _, o := range orders {
		out = append(out, o.ID)
	}
	return out
}

func addOrders(t T, s store.Store, orders ...*parcel.Order) {
	t.Helper()
	must(t, s.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
		st.Orders = orders
		return nil
	}), "add orders")
}

func followedOrders(t T, h Harness) {
	carried := newParcel(numberA)
	carried.Status, carried.FinalAt, carried.Orders = parcel.Delivered, Now(), []string{orderA}
	add(t, h.Store, carried)
	const closed = "8190000000000003"
	addOrders(t, h.Store, &parcel.Order{ID: orderA, FirstSeen: Now()}, &parcel.Order{ID: orderB, FirstSeen: Now()},
		&parcel.Order{ID: closed, FirstSeen: Now().AddDate(0, 0, -1), Closed: true})
	same(t, "followed orders", []string{orderB}, orderIDs(get[[]parcel.Order](t)(h.Store.FollowedOrders(t.Context(), nil))))
	same(t, "followed orders and a closed one, but none with a parcel", []string{closed, orderB},
		orderIDs(get[[]parcel.Order](t)(h.Store.FollowedOrders(t.Context(), []string{closed, orderA, "1"}))))
	if n := get[int](t)(h.Store.ForgetAll(t.Context(), store.Selection{Order: orderB}, false)); n != 1 {
		t.Errorf("forgetting one order forgets %d", n)
	}
	if n := get[int](t)(h.Store.ForgetAll(t.Context(), store.Selection{Order: orderA}, false)); n != 0 {
		t.Errorf("forgetting an order that a parcel carries forgets %d", n)
	}
	same(t, "orders after one was forgotten", []string{closed, orderA}, orderIDs(get[[]parcel.Order](t)(h.Store.Orders(t.Context()))))
	if left := get[[]parcel.Parcel](t)(h.Store.Parcels(t.Context())); len(left) != 1 {
		t.Errorf("forgetting an order left %d parcels", len(left))
	}
}

func orderFound(t T, h Harness) {
	late, early, other := newParcel(numberA), newParcel(numberB), newParcel(numberC)
	late.Orders, early.Orders = []string{orderA}, []string{orderA}
	early.FirstSeen = Now().AddDate(0, 0, -1)
	add(t, h.Store, late, early, other)
	addOrders(t, h.Store, &parcel.Order{ID: orderA, Shop: "aliexpress", FirstSeen: Now()})
	o, parcels, err := h.Store.Order(t.Context(), orderA)
	must(t, err, "find an order")
	if o.ID != orderA || o.Shop != "aliexpress" {
		t.Errorf("order %+v", o)
	}
	same(t, "its parcels", []int64{early.ID, late.ID}, ids(parcels))
	if _, _, err := h.Store.Order(t.Context(), orderB); !errors.Is(err, parcel.ErrNotFound) {
		t.Errorf("an unknown order = %v", err)
	}
}

func channelNews(t T, h Harness) {
	p := newParcel(numberA)
	add(t, h.Store, p)
	old, fresh := news("old"), news("fresh")
	old.Parcel, old.At = p.ID, Now().AddDate(0, 0, -2)
	fresh.Parcel, fresh.At = p.ID, Now()
	must(t, h.Store.Tell(t.Context(), []parcel.Change{old, fresh}), "record changes")
	const audience = "channel/phone"
	since := Now().AddDate(0, 0, -1)
	pending := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), audience, since))
	if got := keys(pending); !slices.Contains(got, "fresh") || slices.Contains(got, "old") {
		t.Errorf("news of a day: %v", got)
	}
	must(t, h.Store.Announced(t.Context(), audience, append(changeIDs(pending), 99)), "mark as announced")
	if got := keys(get[[]parcel.Change](t)(h.Store.Pending(t.Context(), audience, since))); len(got) != 0 {
		t.Errorf("news %v after all was announced", got)
	}
	if got := keys(get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))); !slices.Contains(got, "fresh") {
		t.Errorf("what a channel was told is no news for a digest: %v", got)
	}
}

func changeIDs(all []parcel.Change) []int64 {
	out := []int64{}
	for _, c := range all {
		out = append(out, c.ID)
	}
	return out
}
