package storetest

import (
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

func outboxChecks() []Check {
	return []Check{
		{"an audience's slot is taken once", slotOnce},
		{"messages are due in order and up to the limit", messagesDue},
		{"each recipient has a fate of its own, and sent stays sent", fatesKept},
		{"what was tried in vain and sent to nobody is known by its audience", unsent},
		{"own Message-IDs are known for good", ownIDs},
		{"the last slot is the newest message's", lastSlot},
	}
}

func slotOnce(t T, h Harness) {
	must(t, h.Store.Tell(t.Context(), []parcel.Change{news("one")}), "tell")
	must(t, h.Store.Enqueue(t.Context(), outgoing("08:00", "me"), nil), "enqueue")
	pending := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))
	again := outgoing("08:00", "me")
	again.ID = "other@example.org"
	if err := h.Reopen().Enqueue(t.Context(), again, []int64{pending[0].ID}); !errors.Is(err, store.ErrSlotTaken) {
		t.Errorf("the second message of a slot = %v, want ErrSlotTaken", err)
	}
	if got := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{})); len(got) != 1 {
		t.Errorf("the refused message marked the change as told")
	}
	if own := get[bool](t)(h.Store.Sent(t.Context(), again.ID)); own {
		t.Errorf("the refused message is known")
	}
	must(t, h.Store.Enqueue(t.Context(), outgoing("08:00", "you"), nil), "enqueue for another audience")
	must(t, h.Store.Enqueue(t.Context(), outgoing("19:00", "me"), nil), "enqueue for another slot")
}

func messagesDue(t T, h Harness) {
	if next := get[time.Time](t)(h.Store.NextMessage(t.Context())); !next.IsZero() {
		t.Errorf("an empty outbox is due at %v", next)
	}
	first, second, later, timeless := outgoing("1", "me"), outgoing("2", "me"), outgoing("3", "me"), outgoing("4", "me")
	first.Made = Now().Add(-time.Hour) // the oldest, though another is due for longer
	later.Deliveries[0].Next = Now().Add(time.Second)
	timeless.Made, timeless.Deliveries[0].Next = Now().Add(-time.Minute), time.Time{}
	for _, m := range []store.Message{later, second, first, timeless} {
		must(t, h.Store.Enqueue(t.Context(), m, nil), "enqueue")
	}
	timeless.Deliveries[0].Next = timeless.Made // due from when it was made
	got := get[[]store.Message](t)(h.Reopen().DueMessages(t.Context(), Now(), 10))
	same(t, "due messages", []store.Message{first, timeless, second}, got)
	if got := get[[]store.Message](t)(h.Store.DueMessages(t.Context(), Now(), 1)); len(got) != 1 || got[0].ID != first.ID {
		t.Errorf("due messages up to 1 = %+v, want the first", got)
	}
	if next := get[time.Time](t)(h.Store.NextMessage(t.Context())); !next.Equal(timeless.Made) {
		t.Errorf("NextMessage = %v, want %v", next, timeless.Made)
	}
}

func fatesKept(t T, h Harness) {
	m := outgoing("08:00", "me")
	must(t, h.Store.Enqueue(t.Context(), m, nil), "enqueue")
	record := func(fates ...store.Delivery) {
		t.Helper()
		must(t, h.Store.Record(t.Context(), m.ID, fates), "record")
	}
	retry := store.Delivery{To: "a@example.org", State: store.DeliveryAmbiguous, Next: Now().Add(10 * time.Minute), Tries: 1, Error: "cut after the dot", Fault: message.New("fault_mail_perhaps", "Host", "mail.example.org:465")}
	sent := store.Delivery{To: "b@example.org", State: store.DeliverySent, Tries: 1}
	record(sent, retry)
	if got := get[[]store.Message](t)(h.Store.DueMessages(t.Context(), Now().Add(9*time.Minute), 10)); len(got) != 0 {
		t.Errorf("a message is due before its time")
	}
	record(store.Delivery{To: "b@example.org", State: store.DeliveryWaiting, Next: Now()}) // late result of another attempt
	due := get[[]store.Message](t)(h.Reopen().DueMessages(t.Context(), Now().Add(10*time.Minute), 10))
	if len(due) != 1 {
		t.Fatalf("%d messages are due, want 1", len(due))
	}
	same(t, "fates", []store.Delivery{sent, retry}, due[0].Deliveries)
	health := get[parcel.Health](t)(h.Store.Health(t.Context())).Outbox
	same(t, "outbox", parcel.OutboxHealth{Waiting: 1, Oldest: Now(), Error: "cut after the dot", Fault: retry.Fault}, health)
	record(store.Delivery{To: "a@example.org", State: store.DeliveryRefused, Tries: 2, Error: "550 no such user\r\nX: y"})
	if next := get[time.Time](t)(h.Store.NextMessage(t.Context())); !next.IsZero() {
		t.Errorf("something waits until %v after all ended", next)
	}
	health = get[parcel.Health](t)(h.Store.Health(t.Context())).Outbox
	same(t, "outbox after a refusal", parcel.OutboxHealth{Error: "550 no such user X: y"}, health)
	must(t, h.Store.Enqueue(t.Context(), outgoing("19:00", "me"), nil), "enqueue")
	if got := get[parcel.Health](t)(h.Store.Health(t.Context())).Outbox.Error; got != "" {
		t.Errorf("a newer message is on its way and the outbox still says %q", got)
	}
}

func unsent(t T, h Harness) {
	m, other := outgoing("08:00", "me"), outgoing("08:00", "you")
	other.ID, other.Made = "other@example.org", Now().Add(-time.Hour)
	for _, m := range []store.Message{m, other} {
		must(t, h.Store.Enqueue(t.Context(), m, nil), "enqueue")
	}
	must(t, h.Store.Record(t.Context(), other.ID, []store.Delivery{{To: "a@example.org", State: store.DeliveryWaiting, Next: Now(), Tries: 1}}), "record")
	for _, step := range []struct {
		delivery store.Delivery
		want     time.Time
	}{
		{store.Delivery{To: "a@example.org", State: store.DeliveryWaiting, Next: Now()}, time.Time{}},
		{store.Delivery{To: "a@example.org", State: store.DeliveryWaiting, Next: Now(), Tries: 2}, m.Made},
		{store.Delivery{To: "b@example.org", State: store.DeliverySent, Tries: 1}, time.Time{}},
	} {
		must(t, h.Store.Record(t.Context(), m.ID, []store.Delivery{step.delivery}), "record")
		if got := get[time.Time](t)(h.Reopen().Unsent(t.Context(), "me")); !got.Equal(step.want) {
			t.Errorf("after %+v Unsent = %v, want %v", step.delivery, got, step.want)
		}
	}
}

func ownIDs(t T, h Harness) {
	m := outgoing("08:00", "me")
	m.Deliveries = []store.Delivery{{To: "a@example.org", State: store.DeliverySent, Tries: 1}}
	waiting := outgoing("19:00", "me")
	must(t, h.Store.Enqueue(t.Context(), m, nil), "enqueue")
	must(t, h.Store.Enqueue(t.Context(), waiting, nil), "enqueue")
	later := Now().AddDate(1, 0, 0)
	if p := get[int](t)(bodies(h.Store.Prune(t.Context(), later))); p != 1 {
		t.Errorf("%d bodies were pruned, want that of the sent mail", p)
	}
	for _, id := range []string{m.ID, "<" + m.ID + ">", " <" + m.ID + ">\r\n"} {
		if !get[bool](t)(h.Reopen().Sent(t.Context(), id)) {
			t.Errorf("own Message-ID %q is not known", id)
		}
	}
	for _, id := range []string{"", "<>", "other@example.org"} {
		if get[bool](t)(h.Store.Sent(t.Context(), id)) {
			t.Errorf("Message-ID %q counts as own", id)
		}
	}
	due := get[[]store.Message](t)(h.Store.DueMessages(t.Context(), later, 10))
	if len(due) != 1 || cmp.Diff(waiting.Raw, due[0].Raw) != "" {
		t.Errorf("the waiting mail was pruned, too")
	}
}

func lastSlot(t T, h Harness) {
	if slot, at, err := h.Store.LastSlot(t.Context(), "me"); slot != "" || !at.IsZero() || err != nil {
		t.Errorf("LastSlot of nothing = %q, %v, %v", slot, at, err)
	}
	newest, older := outgoing("2026-03-01 08:00", "me"), outgoing("2026-02-28 19:00", "me")
	older.Made = Now().Add(-time.Hour)
	for _, m := range []store.Message{newest, older, outgoing("2026-03-01 19:00", "you")} {
		must(t, h.Store.Enqueue(t.Context(), m, nil), "enqueue")
	}
	slot, at, err := h.Reopen().LastSlot(t.Context(), "me")
	if slot != newest.Slot || !at.Equal(Now()) || err != nil {
		t.Errorf("LastSlot = %q, %v, %v; want %q, %v", slot, at, err, newest.Slot, Now())
	}
}

func bodies(p store.Pruned, err error) (int, error) { return p.Bodies, err }
