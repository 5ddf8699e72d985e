package notify

import (
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

// List places parcels and orders in the sections of a digest and renders them as its
// cards, for pages that show the present state instead of news. It is pure.
type List struct {
	c composer
	v viewer
}

// NewList returns a list in the printer's language at time now. Of in, Protection and Gap
// are used.
func NewList(in Input, p *locale.Printer, zone *time.Location, now time.Time) List {
	in.Audience = Audience{Zone: zone, Language: p.Language()}
	return List{
		c: composer{Input: in, now: now, zone: zone},
		v: viewer{p: p, zone: zone, made: now},
	}
}

// Card is a rendered parcel or order.
type Card struct {
	Kind SectionKind
	viewItem
}

// Place returns the section of a parcel and its rank there, the lowest first.
func (l List) Place(p *parcel.Parcel) (SectionKind, int64) {
	kind := l.c.section(p, nil)
	switch {
	case p.Closed && p.Status != parcel.Delivered:
		kind = SectionEnded
	case kind == SectionQuiet:
		kind = SectionTravelling
	}
	rank := rowOf(kind).rank(&l.c, p)
	if p.Unverified {
		rank += unverifiedRank
	}
	return kind, rank
}

// PlaceOrder is Place for an order that no parcel carries. ok is false for one that is no
// longer shown.
func (l List) PlaceOrder(o *parcel.Order) (kind SectionKind, rank int64, ok bool) {
	kind, ok = l.c.orderSection(o)
	return kind, l.c.orderRank(kind, o), ok
}

// Parcel renders a parcel.
func (l List) Parcel(p *parcel.Parcel) Card {
	kind, _ := l.Place(p)
	return Card{kind, l.v.card(kind, l.c.item(p, kind, nil))}
}

// Order renders an order.
func (l List) Order(o *parcel.Order) Card {
	kind, _, _ := l.PlaceOrder(o)
	it := Item{Order: o.ID, Step: o.Step, Status: o.Step.Status(), Notes: l.c.orderNotes(o)}
	it.Title, it.Others = title("", o.Items)
	return Card{kind, l.v.card(kind, it)}
}

// Event renders what an event of a timeline says, and where.
func (l List) Event(e parcel.Event) (what, where string) {
	where = isolate(textx.Line(e.Place, maxPlace))
	if country := isolate(textx.Line(l.v.p.Country(e.Country), maxPlace)); e.Country != "" && where != "" {
		where = country + ", " + where
	} else if e.Country != "" {
		where = country
	}
	return l.v.p.Capital(l.v.words(e, "")), where
}

// Change renders what a change says by itself, as of when it was learned. It has words for
// every kind of change.
func (l List) Change(ch parcel.Change) string {
	switch ch.Kind {
	case parcel.ChangeNewParcel:
		return l.v.p.T("change_parcel")
	case parcel.ChangeNewOrder:
		return l.v.p.T("change_order")
	case parcel.ChangeOrderStep:
		return l.v.p.Capital(textx.Line(l.v.p.Step(parcel.Step(ch.New)), maxPlace))
	case parcel.ChangeOrderWaits:
		if parcel.OrderState(ch.New) == parcel.OrderUnnumbered {
			return l.v.p.T("section_unnumbered")
		}
		return l.v.p.T("section_waiting")
	case parcel.ChangeETA:
		return l.v.note(note("note_eta", "Day", parcel.Date(ch.New)))
	case parcel.ChangeNumber:
		return l.v.p.Pair(l.v.p.T("item_number"), textx.Line(ch.New, maxPlace))
	case parcel.ChangeMaybeSame:
		return l.v.p.Pair(l.v.p.T("web_maybe"), textx.Line(ch.New, maxPlace))
	case parcel.ChangeStalled:
		return l.v.p.T("section_stalled")
	case parcel.ChangeProtection:
		return l.v.note(note("note_protection_day", "Day", ShortDay(ch.New)))
	case parcel.ChangePickupUntil:
		return l.storage(ch)
	case parcel.ChangeHealth:
		return l.health(ch)
	case parcel.ChangeMoved:
	}
	return l.v.p.Capital(l.v.p.Status(ch.To))
}

// Protection returns until when the buyer's protection of a parcel lasts, as a sentence,
// or "" if that is not known.
func (l List) Protection(p *parcel.Parcel) string {
	end, left, ok := l.c.Protection.left(*p, l.c.zone, l.c.now)
	if !ok || left < 0 {
		return ""
	}
	return l.v.note(note("note_protection_day", "Day", ShortDay(end)))
}

// storage renders the last day of the storage, if it is known.
func (l List) storage(ch parcel.Change) string {
	until := parcel.Date(ch.New)
	if until.Time(l.v.zone).IsZero() {
		return l.v.p.Capital(l.v.p.Status(parcel.ReadyForPickup))
	}
	switch left := daysUntil(until, l.v.zone, ch.At); {
	case left < 0:
		return l.v.note(note("note_pickup_over", "Day", until))
	case left == 0:
		return l.v.note(note("note_pickup_today", "Day", until))
	default:
		return l.v.note(note("note_pickup_until", "Day", until, "Count", left))
	}
}

// health renders what broke, or that it works again.
func (l List) health(ch parcel.Change) string {
	a := alarmOf(ch)
	if a.Over {
		return l.v.p.T("recovered", "Name", l.v.troubleName(a.Trouble))
	}
	return l.v.p.Pair(l.v.p.Capital(l.v.troubleName(a.Trouble)), l.v.troubleState(a.Trouble))
}

// SectionKinds returns the sections in the order of a list.
func SectionKinds() []SectionKind {
	var out []SectionKind
	for _, row := range sectionTable() {
		out = append(out, row.kind)
	}
	return out
}
