package storetest

import (
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// ForgottenNumber is the number of the parcel that [Fill] forgets.
const ForgottenNumber = numberC

// Fill writes some data of every kind into an empty store, for tests of upgrades
// and restores.
func Fill(t T, s store.Store) {
	t.Helper()
	ctx := t.Context()
	p, gone, odd := full(), newParcel(ForgottenNumber), newParcel("LP00999900000034")
	odd.Title = "Кабель — 数据线 📦"
	add(t, s, p, gone, odd)
	must(t, s.Forget(ctx, gone.ID, false), "forget")
	must(t, s.Apply(ctx, store.Scope{Mail: mail(7), MessageID: "id", Digest: "aa", Days: []parcel.Date{today}, Now: Now()}, func(st *store.State) error {
		st.Tallies[today] = store.Tally{Parcels: 2, Orders: 1, Refused: 3}
		st.Orders = []*parcel.Order{{ID: orderA, Shop: "aliexpress", Step: parcel.StepShipped, StepAt: Now(), FirstSeen: Now()}}
		return nil
	}), "import")
	told := get[[]parcel.Change](t)(s.Pending(ctx, "me", time.Time{}))
	m := outgoing("2026-03-01 08:00", "me")
	must(t, s.Enqueue(ctx, m, []int64{told[0].ID}), "enqueue")
	must(t, s.Record(ctx, m.ID, []store.Delivery{{To: "b@example.org", State: store.DeliverySent, Tries: 1}}), "record")
	must(t, s.SaveCheckpoint(ctx, "home", "INBOX", store.Checkpoint{UIDValidity: 7, UID: 9, Scanned: true}), "save position")
	must(t, s.SetAside(ctx, *mail(8), "subject", message.Raw("why"), Now()), "set aside")
	must(t, s.Withhold(ctx, *mail(8), store.Withheld{UID: 8, Since: Now(), Next: Now(), Tries: 1}), "withhold")
	get[bool](t)(s.Take(ctx, "upu", today, 3, 100))
	get[time.Time](t)(s.Reserve(ctx, "a.example", 0, Now().AddDate(0, 0, 1)))
	must(t, s.SetCarrierHealth(ctx, parcel.CarrierHealth{Name: "upu", State: parcel.CarrierOK, LastSuccess: Now()}), "set")
	must(t, s.KeepAnswer(ctx, "upu", []byte("<html>"), Now()), "keep")
	must(t, s.SetMailboxHealth(ctx, parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, Since: Now()}), "set")
	must(t, s.SaveHeartbeat(ctx, store.Heartbeat{Started: Now(), At: Now(), PID: 42, Version: "1.0"}), "beat")
	must(t, s.SetSecret(ctx, "oauth/home", "token"), "set")
	must(t, s.PutHousehold(ctx, store.HouseholdDoc{Name: "north", Doc: []byte("destination = \"DE\"\n")}), "put")
}
