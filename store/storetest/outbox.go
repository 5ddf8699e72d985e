package storetest

import (
	"errors"
	"slices"
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
		{"messages that no copy of arrived are withdrawn with what they announced", withdrawn},
		{"a message that may have arrived is not withdrawn", arrivedPerhaps},
		{"a message is refused if every delivery is", refused},
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
	if own := get[[]string](t)(h.Store.Sent(t.Context(), again.ID)); len(own) != 0 {
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
	same(t, "outbox after one of two recipients was refused", parcel.OutboxHealth{Error: "550 no such user X: y"}, health)
	must(t, h.Store.Enqueue(t.Context(), outgoing("19:00", "me"), nil), "enqueue")
	if got := get[parcel.Health](t)(h.Store.Health(t.Context())).Outbox.Error; got != "" {
		t.Errorf("a newer message is on its way and the outbox still says %q", got)
	}
	refused := outgoing("20:00", "me")
	refused.Waits = Now().Add(-24 * time.Hour)
	must(t, h.Store.Enqueue(t.Context(), refused, nil), "enqueue")
	for _, d := range refused.Deliveries {
		must(t, h.Store.Record(t.Context(), refused.ID, []store.Delivery{{To: d.To, State: store.DeliveryRefused, Tries: 1, Error: "554 no"}}), "record")
	}
	health = get[parcel.Health](t)(h.Store.Health(t.Context())).Outbox
	if health.Error != "554 no" || !health.RefusedSince.Equal(refused.Waits) {
		t.Errorf("after a refusal of everybody the outbox is %+v, want news that waits since %v", health, refused.Waits)
	}
}

func unsent(t T, h Harness) {
	m, other := outgoing("08:00", "me"), outgoing("08:00", "you")
	other.ID, other.Made = "other@example.org", Now().Add(-time.Hour)
	for _, m := range []store.Message{m, other} {
		must(t, h.Store.Enqueue(t.Context(), m, nil), "enqueue")
	}
	must(t, h.Store.Record(t.Context(), other.ID, []store.Delivery{{To: "a@example.org", State: store.DeliveryWaiting, Next: Now(), Tries: 1}}), "record")
	later := Now().Add(time.Hour)
	for _, step := range []struct {
		delivery store.Delivery
		want     store.Backlog
	}{
		{store.Delivery{To: "a@example.org", State: store.DeliveryWaiting, Next: later}, store.Backlog{Made: m.Made, Next: Now()}},
		{store.Delivery{To: "a@example.org", State: store.DeliveryAmbiguous, Next: later, Tries: 2}, store.Backlog{Made: m.Made, Tried: m.Made, Next: Now()}},
		{store.Delivery{To: "b@example.org", State: store.DeliverySent, Tries: 1}, store.Backlog{}},
	} {
		must(t, h.Store.Record(t.Context(), m.ID, []store.Delivery{step.delivery}), "record")
		same(t, "backlog", step.want, get[store.Backlog](t)(h.Reopen().Backlog(t.Context(), "me")))
	}
	anew := outgoing("again", "me")
	anew.Waits = Now().Add(-time.Hour)
	anew.Deliveries[0].Tries = 3
	must(t, h.Store.Enqueue(t.Context(), anew, nil), "enqueue")
	same(t, "backlog of a message that replaces another", store.Backlog{Made: anew.Made, Tried: anew.Made, Next: Now()},
		get[store.Backlog](t)(h.Reopen().Backlog(t.Context(), "me")))
	if got := get[parcel.Health](t)(h.Store.Health(t.Context())).Outbox.Oldest; !got.Equal(anew.Waits) {
		t.Errorf("the outbox waits since %v, want %v", got, anew.Waits)
	}
}

func withdrawn(t T, h Harness) {
	must(t, h.Store.Tell(t.Context(), []parcel.Change{news("one"), news("two"), news("three"), news("four")}), "tell")
	changes := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))
	older, newer, other := outgoing("08:00", "me"), outgoing("urgent", "me"), outgoing("08:00", "you")
	older.Made = Now().Add(-time.Hour)
	must(t, h.Store.Enqueue(t.Context(), newer, []int64{changes[0].ID}), "enqueue")
	must(t, h.Store.Enqueue(t.Context(), older, []int64{changes[1].ID}), "enqueue")
	must(t, h.Store.Enqueue(t.Context(), other, []int64{changes[0].ID, changes[1].ID}), "enqueue")
	must(t, h.Store.Announced(t.Context(), "me", []int64{changes[2].ID}), "announce")
	tried := store.Delivery{To: "a@example.org", State: store.DeliveryWaiting, Next: Now(), Tries: 2, Error: "down"}
	must(t, h.Store.Record(t.Context(), older.ID, []store.Delivery{tried}), "record")
	older.Deliveries[1], older.Raw, newer.Raw = tried, nil, nil
	same(t, "withdrawn messages", []store.Message{older, newer}, get[[]store.Message](t)(h.Reopen().Withdraw(t.Context(), "me")))
	pending := get[[]parcel.Change](t)(h.Reopen().Pending(t.Context(), "me", time.Time{}))
	same(t, "pending changes", []int64{changes[0].ID, changes[1].ID, changes[3].ID}, changeIDs(pending))
	same(t, "pending changes of another audience", []int64{changes[2].ID, changes[3].ID},
		changeIDs(get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "you", time.Time{}))))
	if due := get[[]store.Message](t)(h.Store.DueMessages(t.Context(), Now(), 10)); len(due) != 1 || due[0].ID != other.ID {
		t.Errorf("due after the withdrawal: %+v", due)
	}
	if err := h.Store.Record(t.Context(), older.ID, older.Deliveries); !errors.Is(err, parcel.ErrNotFound) {
		t.Errorf("recording a try of a withdrawn message = %v, want ErrNotFound", err)
	}
	if got := get[[]store.Message](t)(h.Store.Withdraw(t.Context(), "me")); len(got) != 0 {
		t.Errorf("withdrawn twice: %+v", got)
	}
	must(t, h.Store.Enqueue(t.Context(), outgoing("08:00", "me"), changeIDs(pending)), "enqueue in the slot of a withdrawn message")
}

func arrivedPerhaps(t T, h Harness) {
	must(t, h.Store.Tell(t.Context(), []parcel.Change{news("one")}), "tell")
	change := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{}))[0]
	for _, state := range []store.DeliveryState{store.DeliveryAmbiguous, store.DeliverySent, store.DeliveryRefused} {
		m := outgoing(string(state), "me")
		must(t, h.Store.Enqueue(t.Context(), m, []int64{change.ID}), "enqueue")
		must(t, h.Store.Record(t.Context(), m.ID, []store.Delivery{{To: "a@example.org", State: state, Next: Now(), Tries: 1}}), "record")
		if got := get[[]store.Message](t)(h.Reopen().Withdraw(t.Context(), "me")); len(got) != 0 {
			t.Errorf("a message is withdrawn though a copy is %s", state)
		}
	}
	if got := get[[]parcel.Change](t)(h.Store.Pending(t.Context(), "me", time.Time{})); len(got) != 0 {
		t.Errorf("what may have arrived is announced again: %v", keys(got))
	}
}

func refused(t T, h Harness) {
	end := func(m store.Message, states ...store.DeliveryState) store.Message {
		t.Helper()
		must(t, h.Store.Enqueue(t.Context(), m, nil), "enqueue")
		for i, s := range states {
			m.Deliveries[i] = store.Delivery{To: m.Deliveries[i].To, State: s, Tries: 1, Error: "554 no"}
		}
		must(t, h.Store.Record(t.Context(), m.ID, m.Deliveries), "record")
		m.Raw = nil
		return m
	}
	const no, sent = store.DeliveryRefused, store.DeliverySent
	newer := end(outgoing("19:00", "me"), no, no)
	older, old := outgoing("08:00", "me"), outgoing("07:00", "me")
	older.Made, old.Made = Now().Add(-time.Hour), Now().Add(-2*time.Hour)
	older = end(older, no, no)
	end(old, no, no)
	end(outgoing("1", "me"), no, sent)
	end(outgoing("2", "me"), no)
	end(outgoing("08:00", "you"), no, no)
	same(t, "refused messages", []store.Message{older, newer}, get[[]store.Message](t)(h.Reopen().Refused(t.Context(), "me", older.Made)))
	for i := range older.Deliveries {
		older.Deliveries[i].State, older.Deliveries[i].Next = store.DeliveryWaiting, Now().Add(time.Hour)
	}
	must(t, h.Store.Record(t.Context(), older.ID, older.Deliveries), "record")
	same(t, "withdrawn messages", []store.Message{older}, get[[]store.Message](t)(h.Store.Withdraw(t.Context(), "me")))
	same(t, "messages that stay refused", []store.Message{newer}, get[[]store.Message](t)(h.Store.Refused(t.Context(), "me", older.Made)))
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
	own := []string{m.ID, "<" + m.ID + ">", " <" + m.ID + ">\r\n"}
	others := []string{"", "<>", "other@example.org", "nul\x00@example.org", m.ID + "\x00", "\xff@example.org"}
	if diff := cmp.Diff(own, get[[]string](t)(h.Reopen().Sent(t.Context(), slices.Concat(others, own)...))); diff != "" {
		t.Errorf("own Message-IDs (-want +got):\n%s", diff)
	}
	for _, ids := range [][]string{others, nil} {
		if got := get[[]string](t)(h.Store.Sent(t.Context(), ids...)); len(got) != 0 {
			t.Errorf("Message-IDs %q count as own", got)
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
