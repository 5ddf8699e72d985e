package tracker

import (
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// quietAge is the age from which an event is recorded but not announced. The first
// scan of a mailbox and the first answer of a post contain weeks of history.
const quietAge = 7 * 24 * time.Hour

// snapshot is the part of a parcel whose changes are announced, taken before an
// update.
type snapshot struct {
	known   bool // the parcel existed
	status  parcel.Status
	numbers int
	eta     parcel.Date
	pickup  parcel.Pickup
	stalled bool
	maybe   int
	boxes   int
}

func snap(p *parcel.Parcel) snapshot {
	return snapshot{
		known: p.ID != 0, status: p.Status, numbers: len(p.Links), eta: p.ETA,
		pickup: p.Pickup, stalled: !p.Stalled.IsZero(), maybe: len(p.Maybe), boxes: len(p.Mailboxes),
	}
}

// changes returns the differences between before and p, with keys that make every
// transition of the parcel unique. A new parcel has one change, that it is
// new, and one for each parcel it may be identical with.
func (before snapshot) changes(p *parcel.Parcel, now time.Time) []store.NewChange {
	var out []store.NewChange
	add := func(kind parcel.ChangeKind, detail string, c parcel.Change) {
		c.Kind, c.At = kind, now
		c.Key = string(kind) + "/" + detail
		c.Quiet = c.Quiet || p.Muted || p.Closed
		out = append(out, store.NewChange{Change: c, Of: p})
	}
	last := lastMove(p)
	day := string(parcel.DateOf(last.Time))
	if !before.known {
		add(parcel.ChangeNewParcel, "", parcel.Change{
			To: p.Status, New: string(p.Number()), Event: last, Quiet: stale(last, p, now),
		})
		for _, l := range p.Maybe {
			add(parcel.ChangeMaybeSame, string(l.Number), parcel.Change{New: string(l.Number), To: p.Status, Quiet: stale(last, p, now)})
		}
		return out
	}
	if p.Status != before.status {
		add(parcel.ChangeMoved, string(p.Status)+"/"+day, parcel.Change{
			From: before.status, To: p.Status, Event: last, Quiet: old(last, now) && p.Status != parcel.Expired,
		})
	}
	for _, l := range p.Links[min(before.numbers, len(p.Links)):] {
		add(parcel.ChangeNumber, string(l.Number), parcel.Change{
			Old: string(p.Links[0].Number), New: string(l.Number), To: p.Status, Quiet: p.Status.Final(),
		})
	}
	for _, l := range p.Maybe[min(before.maybe, len(p.Maybe)):] {
		add(parcel.ChangeMaybeSame, string(l.Number), parcel.Change{New: string(l.Number), To: p.Status})
	}
	if p.Pickup.Until != before.pickup.Until && p.Pickup.Until != "" && p.Status == parcel.ReadyForPickup && p.Status == before.status {
		add(parcel.ChangePickupUntil, string(p.Pickup.Until), parcel.Change{
			Old: string(before.pickup.Until), New: string(p.Pickup.Until), To: p.Status,
		})
	}
	if p.ETA != before.eta && p.ETA != "" && !p.Status.Final() {
		add(parcel.ChangeETA, string(p.ETA), parcel.Change{Old: string(before.eta), New: string(p.ETA), To: p.Status, Quiet: true})
	}
	if !p.Stalled.IsZero() && !before.stalled {
		add(parcel.ChangeStalled, day, parcel.Change{To: p.Status, Event: last})
	}
	return out
}

// shared returns a change for each mailbox whose mail names a known parcel for the first
// time: it is new to the readers of that mailbox.
func (before snapshot) shared(p *parcel.Parcel, now time.Time) []store.NewChange {
	if !before.known {
		return nil
	}
	var out []store.NewChange
	last := lastMove(p)
	for _, box := range p.Mailboxes[min(before.boxes, len(p.Mailboxes)):] {
		out = append(out, store.NewChange{Of: p, Change: parcel.Change{
			Kind: parcel.ChangeNewParcel, To: p.Status, New: string(p.Number()), Event: last, At: now, Mailbox: box,
			Key: string(parcel.ChangeNewParcel) + "/" + box, Quiet: stale(last, p, now) || p.Muted || p.Closed,
		}})
	}
	return out
}

// sharedOrder is shared for an order that no parcel carries. known is the number of its
// mailboxes before.
func sharedOrder(o *parcel.Order, known int, now time.Time) []store.NewChange {
	var out []store.NewChange
	for _, box := range o.Mailboxes[known:] {
		out = append(out, store.NewChange{Change: parcel.Change{
			Kind: parcel.ChangeNewOrder, Order: o.ID, New: string(o.Step), To: o.Step.Status(), At: now, Mailbox: box,
			Key: "order/" + o.ID + "/mailbox/" + box, Quiet: now.Sub(o.StepAt) > quietAge || o.Closed,
		}})
	}
	return out
}

// mailboxesOf returns how many mailboxes each order has.
func mailboxesOf(orders []*parcel.Order) map[*parcel.Order]int {
	out := make(map[*parcel.Order]int, len(orders))
	for _, o := range orders {
		out[o] = len(o.Mailboxes)
	}
	return out
}

// lastMove returns the newest event that moved the parcel, or the zero event.
func lastMove(p *parcel.Parcel) parcel.Event {
	for _, e := range slices.Backward(p.Timeline()) {
		if e.Status != parcel.Info {
			return e
		}
	}
	return parcel.Event{}
}

// stale reports whether a new parcel is not announced because it has arrived
// already or its newest event is old.
func stale(last parcel.Event, p *parcel.Parcel, now time.Time) bool {
	return !p.AddedByUser && (p.Status.Final() || old(last, now))
}

func old(e parcel.Event, now time.Time) bool {
	return !e.Time.IsZero() && now.Sub(e.Time) > quietAge
}
