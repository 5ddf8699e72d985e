package notify

import (
	"fmt"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// notes returns lines with what the section and the status do not say.
func (c *composer) notes(p *parcel.Parcel, kind SectionKind, changes []parcel.Change) []Note {
	out := c.statusNotes(p)
	if p.Status != parcel.PreAdvice && silentCarriers(p) {
		out = append(out, note("note_shop_only"))
	}
	if end := p.ShopEnd(); !end.IsZero() {
		out = append(out, note("note_shop_end", "Day", ShortDay(parcel.DateOf(end.In(c.zone)))))
	}
	for _, ch := range changes {
		out = append(out, changeNotes(p, ch)...)
	}
	out = append(out, rowOf(kind).notes(c, p, out)...)
	if end, left, ok := c.Protection.left(*p, c.zone, c.now); ok && left >= 0 && left <= c.Protection.Remind {
		out = append(out, protection(end, left))
	}
	return unique(out)
}

// protection returns a note about the end of the buyer's protection.
func protection(end parcel.Date, left int) Note {
	n := counted("note_protection", left)
	if left > 0 {
		n.Data = append(n.Data, "Day", end)
	}
	return n
}

func note(id string, data ...any) Note { return Note{ID: id, Data: data} }

// counted returns a note about a number of days, with a separate text for zero.
func counted(id string, days int) Note {
	if days == 0 {
		return note(id + "_today")
	}
	return note(id, "Count", days)
}

// dated returns a note about the day of t, with separate texts for today and yesterday.
func (c *composer) dated(id string, t time.Time) Note {
	days := 0
	if !t.IsZero() {
		days = max(0, -daysUntil(parcel.DateOf(t.In(c.zone)), c.zone, c.now))
	}
	if days == 1 {
		return note(id + "_yesterday")
	}
	return counted(id, days)
}

// unique removes duplicate notes. Of several previous statuses only the first is kept:
// it was announced last.
func unique(notes []Note) []Note {
	seen := map[string]bool{}
	out := notes[:0]
	for _, n := range notes {
		k := n.ID
		if k != noteBefore {
			k = fmt.Sprint(n.ID, n.Data)
		}
		if !seen[k] {
			seen[k] = true
			out = append(out, n)
		}
	}
	return out
}

const noteBefore = "note_before"

// statusNotes returns what the status requires of the user.
func (c *composer) statusNotes(p *parcel.Parcel) []Note {
	switch p.Status {
	case parcel.ReadyForPickup:
		return c.pickup(p)
	case parcel.CustomsHold:
		return []Note{note("note_customs")}
	case parcel.AttemptFailed:
		return append(c.pickup(p), note("note_attempt"))
	case parcel.Exception:
		return []Note{note("note_exception")}
	case parcel.Returning:
		return []Note{note("note_returning")}
	default:
		return nil
	}
}

func (c *composer) pickup(p *parcel.Parcel) []Note {
	var out []Note
	if p.Pickup.Place != "" {
		out = append(out, note("note_pickup_place", "Place", Outside(p.Pickup.Place)))
	}
	until, estimated := p.KeptUntil(c.zone)
	if until == "" {
		if days := daysSince(p.StatusSince, c.now); days > 0 && p.Status == parcel.ReadyForPickup {
			out = append(out, note("note_pickup_waits", "Count", days))
		}
		return out
	}
	switch left := daysUntil(until, c.zone, c.now); {
	case estimated && left < 0:
		return append(out, note("note_pickup_usual_over", "Day", ShortDay(until)))
	case estimated:
		return append(out, note("note_pickup_usual", "Day", ShortDay(until)))
	case left < 0:
		return append(out, note("note_pickup_over", "Day", until))
	case left == 0:
		return append(out, note("note_pickup_today", "Day", until))
	default:
		return append(out, note("note_pickup_until", "Day", until, "Count", left))
	}
}

// changeNotes returns what a change says beyond the parcel's present state.
func changeNotes(p *parcel.Parcel, ch parcel.Change) []Note {
	switch ch.Kind {
	case parcel.ChangeMoved:
		if ch.From != "" && ch.From != p.Status && ch.From != parcel.Info && !p.Status.Final() {
			return []Note{note(noteBefore, "Status", ch.From)}
		}
	case parcel.ChangeNumber:
		if ch.Old != "" {
			return []Note{note("note_number", "Number", number.Number(ch.Old))}
		}
	case parcel.ChangeMaybeSame:
		if ch.New != "" {
			return []Note{note("note_maybe", "Number", number.Number(ch.New), "Own", p.Number())}
		}
	case parcel.ChangeETA:
		if p.ETA != "" && !p.Status.Final() {
			return []Note{note("note_eta", "Day", p.ETA)}
		}
	default:
	}
	return nil
}

// gap returns a note about a parcel that has left one country and has not been seen in
// the other.
func (c *composer) gap(p *parcel.Parcel, id string) Note {
	least, most := c.usual(p.Origin, p.Destination)
	days := max(daysSince(p.Exported, c.now), 1)
	if p.Origin == "" || p.Destination == "" {
		return note(id+"_somewhere", "Count", days, "Least", least, "Most", most)
	}
	return note(id, "Count", days, "Origin", Country(p.Origin), "Destination", Country(p.Destination), "Least", least, "Most", most)
}

func (c *composer) usual(origin, destination string) (least, most int) {
	if c.Gap != nil {
		return c.Gap(origin, destination)
	}
	return parcel.UsualGap(origin, destination)
}

func (c *composer) stalled(p *parcel.Parcel) []Note {
	if between(p) {
		return []Note{c.gap(p, "note_overdue")}
	}
	return []Note{note("note_stalled", "Count", max(daysSince(silentSince(p), c.now), 1))}
}
