package web_test

import (
	"fmt"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// household stores about sixty parcels of every kind, orders, changes and doubtful mail.
func (w *world) household() {
	w.t.Helper()
	say, err := locale.New(w.cfg.Language)
	if err != nil {
		w.t.Fatal(err)
	}
	english, err := locale.New("en")
	if err != nil {
		w.t.Fatal(err)
	}
	now := w.clock.now()
	sample := notify.Sample(now, say)
	parcels := []*parcel.Parcel{
		on(w.clock, "RB123456785CN", "Lamp", func(p *parcel.Parcel) {
			p.AddLink(parcel.Link{Number: "LA900000257CN", Reason: "same order", Certainty: parcel.Maybe})
			p.AddLink(parcel.Link{Number: "RR900000416CN", Reason: "same order", Certainty: parcel.Certain})
		}),
		on(w.clock, "LA900000257CN", "USB-C/Thunderbolt-4-Ladekabel, 240 W, 2 m, geflochten (Doppelpack)"),
	}
	for i := range sample.Parcels {
		p := &sample.Parcels[i]
		p.ID = 0
		parcels = append(parcels, p)
	}
	for i := len(parcels); i < 60; i++ {
		at := now.AddDate(0, 0, -i)
		title := fmt.Sprintf("%s %d", sample.Parcels[i%len(sample.Parcels)].Items[0].Title, i)
		parcels = append(parcels, on(w.clock, number.Number(fmt.Sprintf("LP%014d", i)), title, func(p *parcel.Parcel) {
			p.FirstSeen, p.Shipped, p.LastEvent = at, at, at
			if i%5 == 0 {
				p.Status, p.Phase, p.StatusSince, p.FinalAt = parcel.Delivered, parcel.PhaseDone, now, now
			}
		}))
	}
	orders := []*parcel.Order{{ID: "8190000000000009", FirstSeen: now, Step: parcel.StepConfirmed, StepAt: now, Items: []parcel.Item{{Title: "Order"}}}}
	for i := range sample.Orders {
		orders = append(orders, &sample.Orders[i])
	}
	var changes []parcel.Change
	for i, to := range []parcel.Status{parcel.Import, parcel.Customs, parcel.ReadyForPickup, parcel.Delivered} {
		changes = append(changes, parcel.Change{Kind: parcel.ChangeMoved, To: to, At: now.Add(-time.Duration(i) * time.Hour), Key: fmt.Sprint("status/", to), Old: string(parcel.Accepted), New: string(to)})
	}
	err = w.db.Apply(w.t.Context(), store.Scope{Now: now, Orders: []string{orders[0].ID}}, func(s *store.State) error {
		s.Parcels, s.Orders = parcels, orders
		for _, c := range changes {
			s.Changes = append(s.Changes, store.NewChange{Change: c, Of: parcels[0]})
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	subject := sample.Health.NotUnderstood[0].Subject
	if err := w.db.SetAside(w.t.Context(), parcel.MailRef{Mailbox: "home", Folder: "INBOX", UID: 4711}, subject, message.New(parcel.NothingFound), now); err != nil {
		w.t.Fatal(err)
	}
	*w.state = status.Status{Since: &now, LastDigest: &now, NextDigest: &now, Outbox: status.Outbox{Waiting: 1}}
	for _, m := range sample.Health.Mailboxes {
		w.state.Mailboxes = append(w.state.Mailboxes, status.Mailbox{Name: m.Name, Folder: m.Folder, State: m.State, LastCheck: &now, LastMail: &now, Error: english.Text(m.Fault), Fault: m.Fault})
	}
	states := []parcel.CarrierState{parcel.CarrierOK, parcel.CarrierCredential, parcel.CarrierNoCredential, parcel.CarrierQuarantined, parcel.CarrierChanged, parcel.CarrierCaptcha}
	for i, name := range []string{"cainiao", "russianpost", "novaposhta", "kazpost", "upu", "dhl"} {
		w.state.Carriers = append(w.state.Carriers, status.CarrierStatus{Name: name, CarrierState: status.CarrierState{
			State: states[i], Today: i, Budget: 100, LastEvents: &now, Error: english.Text(sample.Health.Carriers[0].Fault), Fault: sample.Health.Carriers[0].Fault,
		}})
	}
}
