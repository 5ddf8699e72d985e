package notify

import (
	"cmp"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Sample returns the input of "digest --sample": invented parcels, at least one for
// every section, with items named in the printer's language.
func Sample(now time.Time, p *locale.Printer) Input {
	s := sampler{now: now, p: p, home: homes()[p.Language()]}
	in := Input{
		Audience:   Audience{Name: "sample", Language: p.Language(), Zone: now.Location()},
		Next:       time.Date(now.Year(), now.Month(), now.Day()+1, 8, 0, 0, 0, now.Location()),
		Protection: Protection{Days: 60, Remind: 7},
	}
	s.needs()
	s.moving()
	s.quiet()
	s.ended()
	in.Parcels, in.Changes = s.parcels, s.changes
	in.Orders, in.Changes = s.orders(), append(in.Changes,
		parcel.Change{ID: 901, Kind: parcel.ChangeNewOrder, Order: "8190000000000117", At: now, Key: "sample/order"})
	in.Health = parcel.Health{
		Mailboxes: []parcel.MailboxHealth{
			{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, LastCheck: now},
			{Name: "work", Folder: "INBOX", State: parcel.MailboxBroken, LastCheck: s.ago(1, 6), Fault: message.New("fault_silent", "Host", "imap.example.org:993")},
		},
		Carriers: []parcel.CarrierHealth{{Name: "kazpost", State: parcel.CarrierQuarantined, LastSuccess: s.ago(2, 3), Fault: message.New("fault_post_temporary").And(message.New("fault_post_status", "Code", "HTTP 503"))}},
		NotUnderstood: []parcel.NotUnderstood{
			{Mail: "home/INBOX/4711", Subject: s.p.T("sample_subject"), Why: []message.Text{message.New(parcel.NothingFound)}, At: s.ago(0, 5)},
		},
	}
	return in
}

// homes maps each language to a country in which it is spoken.
func homes() map[string]string {
	return map[string]string{
		"en": "IE", "ru": "RU", "uk": "UA", "be": "BY", "kk": "KZ", "de": "DE", "fr": "FR",
		"es": "ES", "pt": "PT", "pt-BR": "BR", "it": "IT", "pl": "PL", "nl": "NL", "tr": "TR",
	}
}

type sampler struct {
	now     time.Time
	p       *locale.Printer
	home    string // destination country
	parcels []parcel.Parcel
	changes []parcel.Change
}

func (s *sampler) ago(days, hours int) time.Time {
	return s.now.AddDate(0, 0, -days).Add(-time.Duration(hours) * time.Hour)
}

// add completes a parcel with what all parcels of the sample have in common.
func (s *sampler) add(p parcel.Parcel, number number.Number, last parcel.Event, changes ...parcel.Change) {
	p.ID = int64(len(s.parcels) + 1)
	p.Links = append(p.Links, parcel.Link{Number: number, Reason: "mail", Certainty: parcel.Certain})
	p.Mailboxes = parcel.Mailboxes{"home"}
	p.Origin, p.Destination, p.FirstSeen = "CN", s.home, cmp.Or(p.FirstSeen, s.ago(20, 0))
	if !last.Time.IsZero() {
		last.ZoneKnown, last.Status = true, p.Status
		p.LastEvent, p.StatusSince = last.Time, last.Time
		p.Sources = []parcel.Source{{Carrier: last.Sources[0], Number: number, Events: []parcel.Event{last}}}
	}
	s.parcels = append(s.parcels, p)
	for _, ch := range changes {
		ch.ID, ch.Parcel, ch.To, ch.At = int64(len(s.changes)+1), p.ID, p.Status, s.now
		s.changes = append(s.changes, ch)
	}
}

// item returns items by their ids in the catalogue.
func (s *sampler) item(things ...string) []parcel.Item {
	out := make([]parcel.Item, 0, len(things))
	for _, t := range things {
		out = append(out, parcel.Item{Title: s.p.T("sample_" + t), Quantity: 1})
	}
	return out
}

func moved(from parcel.Status) parcel.Change {
	return parcel.Change{Kind: parcel.ChangeMoved, From: from}
}

func (s *sampler) needs() {
	s.add(
		parcel.Parcel{
			Items: s.item("cable", "ties"), Status: parcel.ReadyForPickup, Phase: parcel.PhaseDestination, Shipped: s.ago(24, 0),
			Pickup: parcel.Pickup{Place: s.p.T("sample_office"), Until: parcel.DateOf(s.now.AddDate(0, 0, 2))},
		},
		"RB123456785CN", parcel.Event{Time: s.ago(0, 3), Place: s.p.T("sample_city"), Country: s.home, Text: "Arrival at the collection point", Code: "EDH", Sources: []string{"upu"}}, moved(parcel.InTransit),
	)
	s.add(
		parcel.Parcel{Items: s.item("drone"), Status: parcel.CustomsHold, Phase: parcel.PhaseDestination, Shipped: s.ago(18, 0)},
		"EE987654326CN", parcel.Event{Time: s.ago(1, 2), Country: s.home, Text: "Held by import customs", Code: "EME", Sources: []string{"upu"}}, moved(parcel.Customs),
	)
	s.add(
		parcel.Parcel{
			Items: s.item("clock"), Status: parcel.InTransit, Phase: parcel.PhaseBetween,
			Shipped: s.ago(55, 0), FirstSeen: s.ago(57, 0), Exported: s.ago(40, 0), Stalled: s.ago(9, 0),
		},
		"UA123456785CN", parcel.Event{Time: s.ago(40, 0), Place: "Guangzhou", Country: "CN", Text: "Departed from outward office of exchange", Code: "EMC", Sources: []string{"upu"}},
		parcel.Change{Kind: parcel.ChangeProtection},
	)
}

func (s *sampler) moving() {
	s.add(
		parcel.Parcel{Items: s.item("strip"), Status: parcel.OutForDelivery, Phase: parcel.PhaseDestination},
		"RA473124829CN", parcel.Event{Time: s.ago(0, 2), Place: s.p.T("sample_city"), Country: s.home, Text: "Out for delivery", Code: "EDG", Sources: []string{"upu"}}, moved(parcel.InTransit),
	)
	s.add(
		parcel.Parcel{
			Links: []parcel.Link{{Number: "LP00999900000034", Reason: "mail"}}, Items: s.item("case"), Status: parcel.Import,
			Phase: parcel.PhaseDestination, ETA: parcel.DateOf(s.now.AddDate(0, 0, 6)),
		},
		"RB987654326CN", parcel.Event{Time: s.ago(0, 7), Country: s.home, Text: "Arrival at the inward office of exchange", Code: "EMD", Sources: []string{"upu"}},
		moved(parcel.Export), parcel.Change{Kind: parcel.ChangeNumber, Old: "LP00999900000034", New: "RB987654326CN"}, parcel.Change{Kind: parcel.ChangeETA},
	)
	s.add(
		parcel.Parcel{Items: s.item("gloves"), Status: parcel.PreAdvice, Phase: parcel.PhaseOrigin, FirstSeen: s.ago(0, 4), Shipped: s.ago(0, 4)},
		"LP00999900000042", parcel.Event{}, parcel.Change{Kind: parcel.ChangeNewParcel},
	)
}

func (s *sampler) quiet() {
	s.add(
		parcel.Parcel{Items: s.item("keyboard"), Status: parcel.Export, Phase: parcel.PhaseBetween, Exported: s.ago(12, 0), Shipped: s.ago(19, 0)},
		"LM111111115CN", parcel.Event{Time: s.ago(12, 0), Place: "Shanghai", Country: "CN", Text: "Flight CZ0123", Code: "LH_DEPART", Sources: []string{"cainiao"}},
	)
	s.add(
		parcel.Parcel{
			Items: s.item("tea"), Status: parcel.Export, Phase: parcel.PhaseBetween,
			Exported: s.ago(38, 0), Shipped: s.ago(44, 0), FirstSeen: s.ago(45, 0), Stalled: s.ago(1, 0),
		},
		"RC222222225CN", parcel.Event{Time: s.ago(38, 0), Place: "Urumqi", Country: "CN", Text: "Export of international mail", Code: "EMC", Sources: []string{"upu"}},
		parcel.Change{Kind: parcel.ChangeStalled},
	)
}

func (s *sampler) ended() {
	s.add(
		parcel.Parcel{Items: s.item("bell"), Status: parcel.Delivered, Phase: parcel.PhaseDone, Shipped: s.ago(21, 0)},
		"RR333333335CN", parcel.Event{Time: s.ago(0, 9), Place: s.p.T("sample_city"), Country: s.home, Text: "Final delivery", Code: "EMI", Sources: []string{"upu"}}, moved(parcel.ReadyForPickup),
	)
	s.add(
		parcel.Parcel{Items: s.item("jars"), Status: parcel.Returned, Phase: parcel.PhaseDone, Shipped: s.ago(50, 0)},
		"RS444444445CN", parcel.Event{Time: s.ago(1, 4), Country: "CN", Status: parcel.Returned, Code: "RETURNED", Sources: []string{"cainiao"}}, moved(parcel.Returning),
	)
}

func (s *sampler) orders() []parcel.Order {
	return []parcel.Order{
		{
			ID: "8190000000000117", Shop: "aliexpress", Mailboxes: parcel.Mailboxes{"home"}, Items: s.item("jacket"),
			Placed: s.ago(2, 0), FirstSeen: s.ago(2, 0), Step: parcel.StepConfirmed, StepAt: s.ago(2, 0),
		},
		{
			ID: "8190000000000125", Shop: "aliexpress", Mailboxes: parcel.Mailboxes{"home"}, Items: s.item("screwdrivers", "tape", "level"),
			Placed: s.ago(5, 0), FirstSeen: s.ago(5, 0), Step: parcel.StepShipped, StepAt: s.ago(1, 0), Shipped: s.ago(1, 0),
		},
	}
}
