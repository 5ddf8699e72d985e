package storetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

func householdChecks() []Check {
	return []Check{
		{"the same number, order, mail and name in two households are two things", householdsApart},
		{"what one household forgets, sends or keeps secret is of no other", householdsKeep},
		{"a store is the household home", homeIsTheStore},
		{"who follows a number is known of the households that are asked about", followersKnown},
	}
}

func householdsApart(t T, h Harness) {
	scope := store.Scope{Mail: mail(5), MessageID: "m@example.org", Digest: "aa", Numbers: []number.Number{numberA}, Orders: []string{orderA}, Now: Now()}
	ids := map[string]int64{}
	for _, name := range []string{"north", "south"} {
		s := h.Store.Household(name)
		must(t, s.Apply(t.Context(), scope, func(st *store.State) error {
			if len(st.Parcels)+len(st.Orders) > 0 {
				t.Errorf("%s loads what is of the other household", name)
			}
			p := newParcel(numberA)
			p.Title, p.Orders = name, []string{orderA}
			st.Parcels = []*parcel.Parcel{p}
			st.Orders = []*parcel.Order{{ID: orderA, Shop: name, FirstSeen: Now()}}
			st.Changes = []store.NewChange{{Change: news("new|" + string(numberA)), Of: p}}
			return nil
		}), "import into "+name)
		must(t, s.SetMailboxHealth(t.Context(), parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, Since: Now(), Error: name}), "set")
		must(t, s.SetAside(t.Context(), *mail(6), name, message.Raw("why"), Now()), "set aside")
		ids[name] = get[parcel.Parcel](t)(s.ParcelByNumber(t.Context(), numberA)).ID
	}
	if ids["north"] == ids["south"] {
		t.Fatalf("two households share the parcel %d", ids["north"])
	}
	for name, id := range ids {
		showsOwn(t, h.Reopen().Household(name), name, id)
	}
	if err := h.Store.Household("north").Forget(t.Context(), ids["south"], false); !errors.Is(err, parcel.ErrNotFound) {
		t.Errorf("forgetting the parcel of another household = %v, want ErrNotFound", err)
	}
}

// showsOwn checks that a household shows its own rows and no other's.
func showsOwn(t T, s store.Household, name string, id int64) {
	t.Helper()
	titles := func(parcels []parcel.Parcel) (out []string) {
		for _, p := range parcels {
			out = append(out, p.Title)
		}
		return out
	}
	for what, got := range map[string][]parcel.Parcel{
		"Parcels": get[[]parcel.Parcel](t)(s.Parcels(t.Context())),
		"Due":     get[[]parcel.Parcel](t)(s.Due(t.Context(), Now(), 10, nil)),
	} {
		if diff := cmp.Diff([]string{name}, titles(got)); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", what, name, diff)
		}
	}
	if got := get[[]parcel.Order](t)(s.Orders(t.Context())); len(got) != 1 || got[0].Shop != name {
		t.Errorf("orders of %s = %+v", name, got)
	}
	if got := get[[]parcel.Change](t)(s.Pending(t.Context(), "me", time.Time{})); len(got) != 1 || got[0].Parcel != id {
		t.Errorf("changes of %s = %+v", name, got)
	}
	health := get[parcel.Health](t)(s.Health(t.Context()))
	if len(health.Mailboxes) != 1 || health.Mailboxes[0].Error != name || len(health.NotUnderstood) != 1 || health.NotUnderstood[0].Subject != name {
		t.Errorf("health of %s = %+v", name, health)
	}
	if n := get[int](t)(s.Following(t.Context())); n != 1 {
		t.Errorf("%s follows %d parcels, want 1", name, n)
	}
	if c := get[store.Checkpoint](t)(s.Checkpoint(t.Context(), "home", "INBOX")); c.UID != 5 {
		t.Errorf("the checkpoint of %s = %+v", name, c)
	}
}

func householdsKeep(t T, h Harness) {
	north, south := h.Store.Household("north"), h.Store.Household("south")
	for _, s := range []store.Household{north, south} {
		must(t, s.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
			p := newParcel(numberA)
			p.Orders = []string{orderA}
			st.Parcels = []*parcel.Parcel{p}
			st.Orders = []*parcel.Order{{ID: orderA, FirstSeen: Now()}}
			return nil
		}), "add")
	}
	must(t, north.Enqueue(t.Context(), outgoing("08:00", "me"), nil), "enqueue")
	id := outgoing("08:00", "me").ID
	if len(get[[]string](t)(south.Sent(t.Context(), id))) != 0 || len(get[[]string](t)(north.Sent(t.Context(), id))) != 1 {
		t.Errorf("a Message-ID is not known in its household alone")
	}
	if slot, _, err := south.LastSlot(t.Context(), "me"); slot != "" || err != nil {
		t.Errorf("the last slot of a household without messages = %q, %v", slot, err)
	}
	must(t, south.Enqueue(t.Context(), outgoing("08:00", "me"), nil), "the same message in the other household")
	m := outgoing("08:00", "me")
	must(t, north.Record(t.Context(), m.ID, []store.Delivery{
		{To: m.Deliveries[0].To, State: store.DeliverySent}, {To: m.Deliveries[1].To, State: store.DeliverySent},
	}), "record")
	if due := get[[]store.Message](t)(north.DueMessages(t.Context(), Now().Add(time.Hour), 10)); len(due) != 0 {
		t.Errorf("what was sent is due: %+v", due)
	}
	if due := get[[]store.Message](t)(south.DueMessages(t.Context(), Now().Add(time.Hour), 10)); len(due) != 1 {
		t.Errorf("%d messages of the other household are due, want 1", len(due))
	}
	if next := get[time.Time](t)(north.NextMessage(t.Context())); !next.IsZero() {
		t.Errorf("the next message of a household that has sent all = %v", next)
	}
	must(t, north.Forget(t.Context(), get[parcel.Parcel](t)(north.ParcelByNumber(t.Context(), numberA)).ID, false), "forget")
	if got := get[[]parcel.Order](t)(south.Orders(t.Context())); len(got) != 1 {
		t.Errorf("an order went with the parcel of another household")
	}
	must(t, south.Apply(t.Context(), store.Scope{Numbers: []number.Number{numberA}, Orders: []string{orderA}, Now: Now()}, func(st *store.State) error {
		if len(st.Forgotten) > 0 {
			t.Errorf("tombstones of another household: %v", st.Forgotten)
		}
		return nil
	}), "look for tombstones")
	must(t, north.SetSecret(t.Context(), "oauth/home", "n"), "keep")
	if _, err := south.Secret(t.Context(), "oauth/home"); !errors.Is(err, parcel.ErrNotFound) {
		t.Errorf("a secret of another household = %v, want ErrNotFound", err)
	}
}

func homeIsTheStore(t T, h Harness) {
	add(t, h.Store, newParcel(numberA))
	if got := get[[]parcel.Parcel](t)(h.Store.Household(store.Home).Parcels(t.Context())); len(got) != 1 {
		t.Errorf("home has %d parcels, want the one of the store", len(got))
	}
	if got := get[[]parcel.Parcel](t)(h.Store.Household("other").Parcels(t.Context())); len(got) != 0 {
		t.Errorf("another household has %d parcels of the store, want none", len(got))
	}
}

func followersKnown(t T, h Harness) {
	for name, edit := range map[string]func(*parcel.Parcel){
		"north": nil, "south": nil, "closed": func(p *parcel.Parcel) { p.Closed = true }, "arrived": func(p *parcel.Parcel) { p.Status = parcel.Delivered },
	} {
		must(t, h.Store.Household(name).Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
			p := newParcel(numberA)
			if edit != nil {
				edit(p)
			}
			st.Parcels = []*parcel.Parcel{p}
			return nil
		}), "add to "+name)
	}
	for _, c := range []struct {
		number number.Number
		among  []string
		want   []string
	}{
		{numberA, []string{"south", "north", "closed", "arrived", "nobody"}, []string{"north", "south"}},
		{numberA, []string{"south"}, []string{"south"}},
		{numberB, []string{"south", "north"}, nil},
		{numberA, nil, nil},
	} {
		if got := get[[]string](t)(h.Store.Followers(t.Context(), c.number, c.among)); !slices.Equal(got, c.want) {
			t.Errorf("of %q, %q follow %s, want %q", c.among, got, c.number, c.want)
		}
	}
}
