package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

func changeChecks() []Check {
	return []Check{
		{"changes are pending until marked, and marking again is harmless", pendingMark},
		{"changes come oldest first, as they were recorded", changesRoundTrip},
		{"a parcel's changes are apart from those of no parcel", changesOf},
		{"a key is recorded once", keyOnce},
		{"quiet changes are never pending", quietNever},
	}
}

func pendingMark(t T, h Harness) {
	must(t, h.Store.Tell(t.Context(), []parcel.Change{news("one"), news("two")}), "tell")
	pending := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))
	if diff := cmp.Diff([]string{"one", "two"}, keys(pending)); diff != "" {
		t.Fatalf("pending (-want +got):\n%s", diff)
	}
	for _, slot := range []string{"08:00", "19:00"} { // the second marks them again
		must(t, h.Store.Enqueue(t.Context(), outgoing(slot, "me"), []int64{pending[0].ID, pending[1].ID, 999}), "enqueue")
		if got := get[[]parcel.Change](t)(h.Reopen().Pending(t.Context(), "me", time.Time{})); len(got) != 0 {
			t.Errorf("after the mark of %s: pending = %v, want none", slot, keys(got))
		}
	}
	if got := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "you", time.Time{})); len(got) != 2 {
		t.Errorf("another audience has %v pending, want both", keys(got))
	}
	must(t, h.Store.Tell(t.Context(), []parcel.Change{news("one"), news("three")}), "tell again")
	same(t, "pending after more news", []string{"three"}, keys(get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))))
}

func changesRoundTrip(t T, h Harness) {
	p := newParcel(numberA)
	late := parcel.Change{
		Kind: parcel.ChangeMoved, Order: orderA, From: parcel.Export, To: parcel.Import, Old: "a", New: "b",
		Event: scan(1), At: Now().Add(time.Minute), Key: "late",
	}
	early := late
	early.At, early.Key = Now(), "early"
	must(t, h.Store.Apply(t.Context(), store.Scope{Now: Now()}, func(st *store.State) error {
		st.Parcels = append(st.Parcels, p)
		st.Changes = []store.NewChange{{Change: late, Of: p}, {Change: early, Of: p}}
		return nil
	}), "record")
	got := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))
	if len(got) != 2 || got[0].ID == 0 || got[0].ID == got[1].ID {
		t.Fatalf("pending = %+v, want two with ids of their own", got)
	}
	for i, want := range []parcel.Change{early, late} {
		want.ID, want.Parcel = got[i].ID, p.ID
		if diff := cmp.Diff(want, got[i]); diff != "" {
			t.Errorf("change %d (-want +got):\n%s", i, diff)
		}
	}
}

func changesOf(t T, h Harness) {
	p := newParcel(numberA)
	add(t, h.Store, p)
	own := keys(get[[]parcel.Change](t)(h.Store.Changes(t.Context(), p.ID)))
	quiet := news("quiet")
	quiet.Quiet = true
	must(t, h.Store.Tell(t.Context(), []parcel.Change{news("one"), quiet}), "tell")
	same(t, "changes of no parcel", []string{"one", "quiet"}, keys(get[[]parcel.Change](t)(h.Reopen().Changes(t.Context(), 0))))
	if diff := cmp.Diff(own, keys(get[[]parcel.Change](t)(h.Store.Changes(t.Context(), p.ID)))); diff != "" || len(own) == 0 {
		t.Errorf("changes of the parcel (-want +got):\n%s", diff)
	}
}

func keyOnce(t T, h Harness) {
	p := newParcel(numberA)
	add(t, h.Store, p)
	first := keys(get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{})))
	again, others := news(first[0]), news(first[0])
	again.Parcel, others.Parcel = p.ID, p.ID+1
	must(t, h.Store.Tell(t.Context(), []parcel.Change{news("x"), news("x"), again, others}), "tell")
	same(t, "pending", append(first, "x", first[0]), keys(get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))))
	if err := h.Store.Tell(t.Context(), []parcel.Change{news("y"), news("")}); err == nil {
		t.Errorf("a change without a key was accepted")
	}
	if got := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{})); len(got) != 3 {
		t.Errorf("half of a refused list stayed: %v", keys(got))
	}
}

func quietNever(t T, h Harness) {
	quiet := news("quiet")
	quiet.Quiet = true
	must(t, h.Store.Tell(t.Context(), []parcel.Change{quiet, news("loud"), news("quiet")}), "tell")
	same(t, "pending", []string{"loud"}, keys(get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))))
}

// outgoing returns a finished mail to one audience with two recipients.
func outgoing(slot, audience string) store.Message {
	return store.Message{
		ID: slot + "." + audience + "@example.org", Audience: audience, Slot: slot, From: "parcels@example.org",
		Raw: []byte("Subject: \xff\x00 raw\r\n\r\nbody"), Made: Now(),
		Deliveries: []store.Delivery{
			{To: "b@example.org", State: store.DeliveryWaiting, Next: Now()},
			{To: "a@example.org", State: store.DeliveryWaiting, Next: Now().Add(time.Minute)},
		},
	}
}
