package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"parcelwatch/parcel"
)

// healthOK is Change.New if something works again.
const healthOK = "ok"

// Alarm is an announced failure, or the end of one.
type Alarm struct {
	Trouble

	Key   string // identifies the failure: the thing, its state, and when it last worked
	Over  bool   // it has worked again since Since
	Quiet bool   // recorded, not announced
}

func newAlarm(t Trouble, worked time.Time) Alarm {
	mark := "never"
	if !worked.IsZero() {
		mark = strconv.FormatInt(worked.Unix(), 10)
	}
	return Alarm{Trouble: t, Key: t.thing() + "/" + t.state() + "/" + mark}
}

// Change returns the alarm in its stored form: Event.Code is the kind of trouble, Place
// the name, Text the error, Time the start of the state.
func (a Alarm) Change(now time.Time) parcel.Change {
	ch := parcel.Change{
		Kind: parcel.ChangeHealth, Old: healthOK, New: a.state(), At: now, Key: a.Key, Fault: a.Fault, Quiet: a.Quiet,
		Event: parcel.Event{Time: a.Since, ZoneKnown: true, Code: string(a.Kind), Place: a.Name, Text: a.Error},
	}
	if a.Over {
		ch.Old, ch.New, ch.Key = ch.New, healthOK, a.Key+"/"+healthOK
	}
	return ch
}

// alarmOf restores an alarm from its stored form.
func alarmOf(ch parcel.Change) Alarm {
	a := Alarm{
		Trouble: Trouble{
			Kind: TroubleKind(ch.Event.Code), Name: ch.Event.Place, State: ch.New, Since: ch.Event.Time, Fault: ch.Fault, Error: ch.Event.Text,
		},
		Key: ch.Key, Over: ch.New == healthOK, Quiet: ch.Quiet,
	}
	if a.Over {
		a.State, a.Key = ch.Old, strings.TrimSuffix(ch.Key, "/"+healthOK)
	}
	if a.Kind == TroubleOutbox || a.Kind == TroubleSurplus {
		a.State = ""
	}
	return a
}

// lasting reports whether the trouble does not end by waiting: a refused login or
// credential, or responses that are not understood.
func (t Trouble) lasting() bool {
	return t.Kind == TroubleSurplus || t.State == string(parcel.MailboxRefused) ||
		t.State == string(parcel.CarrierChanged) || t.State == string(parcel.CarrierCredential)
}

// state returns the name of the trouble's state in keys and records.
func (t Trouble) state() string { return cmp.Or(t.State, "broken") }

// thing returns the key of what is broken.
func (t Trouble) thing() string { return "health/" + string(t.Kind) + "/" + t.Name }

// Alarms returns the failures that have lasted for longer than threshold. A failure that
// does not end by waiting is an alarm at once.
func Alarms(h parcel.Health, threshold time.Duration, now time.Time) []Alarm {
	var out []Alarm
	add := func(t Trouble, worked time.Time) {
		threshold := threshold
		if t.State == string(parcel.CarrierThrottled) {
			threshold = max(threshold, day) // the limit of a day may be used up every day
		}
		if t.lasting() || !t.Since.IsZero() && now.Sub(t.Since) >= threshold {
			out = append(out, newAlarm(t, worked))
		}
	}
	for _, m := range h.Mailboxes {
		if unreadable(m.State) {
			add(mailboxTrouble(m), m.LastCheck)
		}
	}
	for _, k := range h.Carriers {
		if k.State.Failing() {
			add(carrierTrouble(k), k.LastSuccess)
		}
	}
	if o := h.Outbox; o.Waiting > 0 || !o.RefusedSince.IsZero() {
		since := parcel.Earliest(o.Oldest, o.RefusedSince)
		add(Trouble{Kind: TroubleOutbox, Since: since, Fault: o.Fault, Error: o.Error}, since)
	}
	for _, s := range h.Surplus {
		if last := s.Last.Time(time.UTC); now.Sub(last) < surplusHorizon {
			t := Trouble{Kind: TroubleSurplus, Name: s.Mailbox}
			year, week := last.ISOWeek()
			out = append(out, Alarm{Trouble: t, Key: fmt.Sprintf("%s/%d-W%02d", t.thing(), year, week)})
		}
	}
	return out
}

// surplusHorizon is how long after it happened a surplus is announced. It is announced
// once a week.
const surplusHorizon = 3 * day

// Standing returns the recorded alarms without a recorded end, by key.
func Standing(recorded []parcel.Change) map[string]Alarm {
	out := map[string]Alarm{}
	for _, ch := range recorded {
		if ch.Kind != parcel.ChangeHealth {
			continue
		}
		if a := alarmOf(ch); a.Over {
			delete(out, a.Key)
		} else {
			out[a.Key] = a
		}
	}
	return out
}

// Recovered returns the ends of those alarms that are over. If there are several alarms
// for one thing, only the first end is announced.
func Recovered(alarms []Alarm, h parcel.Health, now time.Time) []Alarm {
	broken := map[string]bool{}
	for _, m := range h.Mailboxes {
		// An unknown state is no recovery.
		broken[mailboxTrouble(m).thing()] = m.State != parcel.MailboxIdle && m.State != parcel.MailboxPolling
	}
	for _, k := range h.Carriers {
		broken[carrierTrouble(k).thing()] = k.State != parcel.CarrierOK
	}
	// What was refused for good no longer waits and proves nothing.
	broken[Trouble{Kind: TroubleOutbox}.thing()] = h.Outbox.Waiting > 0 || h.Outbox.Error != ""
	var out []Alarm
	announced := map[string]bool{}
	for _, a := range alarms {
		// A thing that is no longer watched has not recovered either.
		if still, watched := broken[a.thing()]; still || !watched {
			continue
		}
		a.Over, a.Since, a.Error, a.Fault = true, now, "", nil
		a.Quiet = announced[a.thing()]
		announced[a.thing()] = true
		out = append(out, a)
	}
	return out
}

// mailboxOf returns the configured mailbox name from the name mailbox/folder.
func mailboxOf(s string) string {
	mailbox, _, _ := strings.Cut(s, "/")
	return mailbox
}

// ProtectionEnds returns reminders for parcels whose buyer's protection ends within
// g.Remind days. Each end has one key.
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

// stages are the days before the last day of pickup on which a reminder is due; -1 is
// the day after it.
func stages() []int { return []int{-1, 0, 1, 2, 5} }

// reminderHour is the hour of the day from which reminders are due, because some are
// urgent.
const reminderHour = 7

// PickupReminders returns reminders for waiting parcels: by the days left, by week if no
// last day is known. In the last two days they are urgent. None is due at night.
func PickupReminders(parcels []parcel.Parcel, zone *time.Location, now time.Time) []parcel.Change {
	var out []parcel.Change
	if now.In(zone).Hour() < reminderHour {
		return nil
	}
	for _, p := range parcels {
		waits := daysSince(p.StatusSince, now)
		// A parcel that became ready today is announced by its change.
		if p.Status != parcel.ReadyForPickup || p.Muted || p.Closed || waits < 1 {
			continue
		}
		until, _ := p.KeptUntil(zone)
		ch := parcel.Change{Kind: parcel.ChangePickupUntil, Parcel: p.ID, New: string(until), At: now}
		if until == "" {
			if week := waits / 7; week > 0 {
				ch.Key = fmt.Sprintf("pickup_waits/%d", week)
				out = append(out, ch)
			}
			continue
		}
		left := daysUntil(until, zone, now)
		at := slices.IndexFunc(stages(), func(s int) bool { return left <= s })
		if at < 0 {
			continue
		}
		ch.Key = fmt.Sprintf("pickup_ends/%s/%d", until, stages()[at])
		if left == 0 || left == 1 {
			ch.To = parcel.ReadyForPickup
		}
		out = append(out, ch)
	}
	return out
}
