package notify

import (
	"strconv"
	"strings"
	"time"

	"parcelwatch/parcel"
)

// healthOK is Change.New where something works again.
const healthOK = "ok"

// Alarms is what has been broken for longer than threshold, as changes to be
// recorded. A refused login and an answer not understood do not heal by
// waiting and are told at once. A change's Key names the thing and when it last
// worked, so that each breakdown is told once.
func Alarms(h parcel.Health, threshold time.Duration, now time.Time) []parcel.Change {
	var out []parcel.Change
	for _, m := range h.Mailboxes {
		t := mailboxTrouble(m)
		if m.State == parcel.MailboxRefused || (unreadable(m.State) && overdue(t, threshold, now)) {
			out = append(out, alarm(t, m.LastCheck, now))
		}
	}
	for _, k := range h.Carriers {
		t := carrierTrouble(k)
		if k.State == parcel.CarrierChanged || (k.State == parcel.CarrierQuarantined && overdue(t, threshold, now)) {
			out = append(out, alarm(t, k.LastSuccess, now))
		}
	}
	if o := h.Outbox; o.Waiting > 0 {
		t := Trouble{Kind: TroubleOutbox, Since: o.Oldest, Fault: o.Fault, Error: o.Error}
		if overdue(t, threshold, now) {
			out = append(out, alarm(t, o.Oldest, now))
		}
	}
	return out
}

// Standing is which of the alarms on record are not over by the record, by key.
func Standing(recorded []parcel.Change) map[string]parcel.Change {
	out := map[string]parcel.Change{}
	for _, ch := range recorded {
		switch {
		case ch.Kind != parcel.ChangeHealth:
		case ch.New == healthOK:
			delete(out, strings.TrimSuffix(ch.Key, "/"+healthOK))
		default:
			ch.ID = 0
			out[ch.Key] = ch
		}
	}
	return out
}

// Recovered is which of the alarms given are over, as changes to be recorded:
// one for each alarm, of which those beyond the first of a thing are quiet.
func Recovered(alarms []parcel.Change, h parcel.Health, now time.Time) []parcel.Change {
	broken := map[string]bool{}
	for _, m := range h.Mailboxes {
		// A state that nobody knows is no recovery.
		broken[name(mailboxTrouble(m))] = m.State != parcel.MailboxIdle && m.State != parcel.MailboxPolling
	}
	for _, k := range h.Carriers {
		broken[name(carrierTrouble(k))] = k.State != parcel.CarrierOK
	}
	broken[name(Trouble{Kind: TroubleOutbox})] = h.Outbox.Waiting > 0
	var out []parcel.Change
	said := map[string]bool{}
	for _, a := range alarms {
		t := troubleOf(a)
		// What is not watched any more has not recovered either.
		if still, known := broken[name(t)]; still || !known {
			continue
		}
		ch := a
		ch.ID, ch.Old, ch.New, ch.At, ch.Key = 0, a.New, healthOK, now, a.Key+"/"+healthOK
		ch.Event.Time, ch.Event.Text, ch.Fault = now, "", nil
		ch.Quiet = said[name(t)]
		said[name(t)] = true
		out = append(out, ch)
	}
	return out
}

// lasting reports whether an alarm is of a state that does not heal by waiting.
func lasting(ch parcel.Change) bool {
	return ch.New == string(parcel.MailboxRefused) || ch.New == string(parcel.CarrierChanged)
}

func overdue(t Trouble, threshold time.Duration, now time.Time) bool {
	return !t.Since.IsZero() && now.Sub(t.Since) >= threshold
}

// alarm is a change whose event carries the trouble: Code is what, Place which,
// Text the error, Time since when.
func alarm(t Trouble, worked, now time.Time) parcel.Change {
	state, mark := t.State, "never"
	if state == "" {
		state = "broken"
	}
	if !worked.IsZero() {
		mark = strconv.FormatInt(worked.Unix(), 10)
	}
	return parcel.Change{
		Kind: parcel.ChangeHealth, Old: healthOK, New: state, At: now,
		Event: parcel.Event{Time: t.Since, ZoneKnown: true, Code: string(t.Kind), Place: t.Name, Text: t.Error},
		Fault: t.Fault, Key: name(t) + "/" + state + "/" + mark,
	}
}

func name(t Trouble) string { return "health/" + string(t.Kind) + "/" + t.Name }

// troubleOf reads an alarm's change back.
func troubleOf(ch parcel.Change) Trouble {
	t := Trouble{Kind: TroubleKind(ch.Event.Code), Name: ch.Event.Place, State: ch.New, Since: ch.Event.Time, Fault: ch.Fault, Error: ch.Event.Text}
	if t.Kind == TroubleOutbox {
		t.State = ""
	}
	return t
}

// mailboxOf is the configured name in a trouble's name, mailbox/folder.
func mailboxOf(s string) string {
	mailbox, _, _ := strings.Cut(s, "/")
	return mailbox
}

// ProtectionEnds is for which parcels the buyer's protection ends within
// g.Remind days, as changes to be recorded. Each end is told once.
func ProtectionEnds(parcels []parcel.Parcel, g Protection, zone *time.Location, now time.Time) []parcel.Change {
	var out []parcel.Change
	for _, p := range parcels {
		end, left, ok := g.left(p, zone, now)
		if ok && !p.Muted && left >= 0 && left <= g.Remind {
			out = append(out, parcel.Change{
				Kind: parcel.ChangeProtection, Parcel: p.ID, New: string(end), At: now,
				Key: "protection/" + string(end),
			})
		}
	}
	return out
}

// lastDays is how many days before the end of storage a person is reminded.
const lastDays = 2

// PickupEnds is which waiting parcels go back soon, as changes to be recorded.
func PickupEnds(parcels []parcel.Parcel, zone *time.Location, now time.Time) []parcel.Change {
	var out []parcel.Change
	for _, p := range parcels {
		if p.Status != parcel.ReadyForPickup || p.Muted || p.Closed || p.Pickup.Until.Time(zone).IsZero() {
			continue
		}
		// One that was learned of only now is news anyway.
		if left := daysUntil(p.Pickup.Until, zone, now); left < 0 || left > lastDays || daysSince(p.StatusSince, now) < 1 {
			continue
		}
		out = append(out, parcel.Change{
			Kind: parcel.ChangePickupUntil, Parcel: p.ID, New: string(p.Pickup.Until), At: now,
			Key: "pickup_ends/" + string(p.Pickup.Until),
		})
	}
	return out
}
