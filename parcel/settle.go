package parcel

import (
	"cmp"
	"slices"
	"time"
)

const (
	// wrongClock is how far in the future an event may be. A later one counts as a
	// wrong clock or a forecast and is left out of the parcel's state.
	wrongClock = 48 * time.Hour
	// afterFinal is how much later another source's event must be to revive a
	// parcel: posts pass events on late, and their clocks differ.
	afterFinal = 12 * time.Hour
	// unconfirmed is how long a post of the destination that still has the parcel
	// keeps the shop's "delivered" from ending its journey.
	unconfirmed = 30 * 24 * time.Hour
)

// Settle derives the parcel's state from its sources: Status to Pickup, Shipped and
// FinalAt. home is the country where parcels usually go; events and carriers
// override it. [Expired] is set elsewhere and holds until there is a newer event.
func (p *Parcel) Settle(home string, now time.Time) {
	events := p.plausible(now)
	last := newest(events)
	news := last.After(p.LastEvent)
	p.LastEvent = last

	p.Origin = p.origin(events, home)
	p.Destination = p.destination(events, home)
	status, at := standing(events, p.Destination, now)
	var since time.Time
	if at >= 0 {
		since = events[at].instant()
	}
	since = cmp.Or(since, p.Shipped, p.FirstSeen)
	was := p.Status
	if was != Expired || news || status.Final() {
		p.Status, p.StatusSince = status, since
	}
	switch {
	case !p.Status.Final():
		p.FinalAt = time.Time{}
	case p.Status != was || p.FinalAt.IsZero():
		p.FinalAt = now
	}

	p.Exported, p.Imported = crossing(events, p.Origin, p.Destination)
	p.Phase = p.phase()
	p.ETA = p.eta()
	p.Pickup = p.pickup(events)
	p.Shipped = Earliest(p.Shipped, p.shipped())
}

// plausible returns the timeline without events too far in the future.
func (p *Parcel) plausible(now time.Time) []Event {
	return slices.DeleteFunc(p.Timeline(), func(e Event) bool { return e.instant().Sub(now) > wrongClock })
}

// StatusEvent returns the newest event that reports the parcel's status. For an expired
// parcel, and for one that no source has reported, it is the newest event of all, or
// the zero value.
func (p *Parcel) StatusEvent(now time.Time) Event {
	events := p.plausible(now)
	if at := decided(events, p.Status, p.Destination, now); at >= 0 {
		return events[at]
	}
	if n := len(events); n > 0 {
		return events[n-1]
	}
	return Event{}
}

// decided returns the index of the newest event that reports a status, from the one
// that set it on, or -1.
func decided(events []Event, status Status, destination string, now time.Time) int {
	got, at := standing(events, destination, now)
	if at < 0 || got != status {
		return -1
	}
	for i := len(events) - 1; i > at; i-- {
		if events[i].Status == status && !fromMail(events[i]) {
			return i
		}
	}
	return at
}

// newest returns the instant of the newest event, or zero if there is none.
func newest(events []Event) time.Time {
	var last time.Time
	for _, e := range events {
		if t := e.instant(); t.After(last) {
			last = t
		}
	}
	return last
}

// standing returns the status after all events and the index of the event that set it,
// or -1 if none did.
func standing(events []Event, destination string, now time.Time) (status Status, at int) {
	at = -1
	furthest := -1
	var held time.Time
	for i, e := range events {
		if e.Status == Accepted && furthest >= stage(InTransit) {
			// The next post accepts a parcel that is already on its way.
			e.Status = InTransit
		}
		step := stage(e.Status)
		if step < 0 {
			continue
		}
		mail := fromMail(e)
		switch {
		case mail && (step <= furthest || denied(e, held, now)):
			// Mail is late: a stage that a carrier has already passed is not news.
			continue
		case e.Status == PreAdvice && at >= 0:
			// The next post announces a parcel that is already on its way.
			continue
		case at >= 0 && events[at].Status.Final() && !revives(events[at], e):
			continue
		}
		if !mail {
			furthest = max(furthest, step)
			held = holding(e, destination, held)
		}
		if at < 0 || e.Status != status || again(events[at], e) {
			at, status = i, e.Status
		}
	}
	if at < 0 {
		return PreAdvice, at
	}
	return status, at
}

// holding returns when a post of the destination last had the parcel: at the event, or
// as before.
func holding(e Event, destination string, before time.Time) time.Time {
	switch e.Status {
	case PreAdvice, Delivered, Returned:
		return before
	case OutForDelivery, AttemptFailed, ReadyForPickup, Returning:
		return e.instant()
	default:
		if destination == "" || e.Country != destination {
			return before
		}
		return e.instant()
	}
}

// denied reports whether a mail does not end the journey though it says so: a post had
// the parcel a short time before, or the mail is unproven, and anybody can send one
// that says "delivered".
func denied(e Event, held, now time.Time) bool {
	if !e.Status.Final() {
		return false
	}
	return e.Unproven || !held.IsZero() && e.instant().Sub(held) < unconfirmed && now.Sub(e.instant()) < unconfirmed
}

// ShopEnd returns when the shop's mail said that the parcel was delivered, while
// nobody else says so; zero if it did not.
func (p *Parcel) ShopEnd() time.Time {
	var end time.Time
	for _, s := range p.Sources {
		for _, e := range s.Events {
			if s.Carrier == SourceMail && e.Status == Delivered && !e.Unproven && !p.Status.Final() {
				end = e.instant()
			}
		}
	}
	return end
}

// fromMail reports whether the mail is the event's only source.
func fromMail(e Event) bool { return len(e.Sources) == 1 && e.Sources[0] == SourceMail }

// again reports whether a repeated status counts as news: another day out for
// delivery, another attempt.
func again(before, e Event) bool {
	if e.Status != OutForDelivery && e.Status != AttemptFailed {
		return false
	}
	return DateOf(before.wall()) != DateOf(e.wall())
}

// revives reports whether an event after a final one shows that the parcel was not
// final. For the same source its order decides; another source's event must be
// clearly later.
func revives(final, e Event) bool {
	if e.Status == Returning || e.Status == Returned {
		return true
	}
	for _, s := range e.Sources {
		if s != SourceMail && slices.Contains(final.Sources, s) {
			return true
		}
	}
	return e.instant().Sub(final.instant()) > afterFinal+e.spread()+final.spread()
}

// phase returns the parcel's phase.
func (p *Parcel) phase() Phase {
	switch {
	case p.Status.Final():
		return PhaseDone
	case !p.Imported.IsZero():
		return PhaseDestination
	case !p.Exported.IsZero():
		return PhaseBetween
	default:
		return PhaseOrigin
	}
}

// eta returns the expected day: from the carrier that answered last, else from the
// mail. It is empty once the parcel has arrived.
func (p *Parcel) eta() Date {
	if p.Status.Final() {
		return ""
	}
	eta, mail := p.ETA, true
	var said time.Time
	for _, s := range p.bySaid() {
		isMail := s.Carrier == SourceMail
		if s.ETA == "" || isMail && !mail {
			continue
		}
		if mail && !isMail || !s.Answered.Before(said) {
			eta, mail, said = s.ETA, isMail, s.Answered
		}
	}
	return eta
}

// pickup returns where and until when the parcel waits; empty if it does not wait.
func (p *Parcel) pickup(events []Event) Pickup {
	if p.Status != ReadyForPickup && p.Status != AttemptFailed {
		return Pickup{}
	}
	pickup := p.Pickup
	for _, s := range p.bySaid() {
		keep(&pickup.Until, s.Pickup.Until)
		keep(&pickup.Place, s.Pickup.Place)
	}
	if pickup.Place != "" || p.Status != ReadyForPickup {
		return pickup
	}
	for _, e := range slices.Backward(events) {
		if e.Status == ReadyForPickup && e.Place != "" {
			pickup.Place = e.Place
			break
		}
	}
	return pickup
}

// bySaid returns the sources ordered by when they last answered.
func (p *Parcel) bySaid() []Source {
	sources := slices.Clone(p.Sources)
	slices.SortStableFunc(sources, func(a, b Source) int {
		return cmp.Or(a.Answered.Compare(b.Answered), compareSources(a, b))
	})
	return sources
}

// shipped returns when the mail first reported the parcel as sent, or zero.
func (p *Parcel) shipped() time.Time {
	var first time.Time
	for _, s := range p.Sources {
		if s.Carrier != SourceMail {
			continue
		}
		for _, e := range s.Events {
			step := Step(e.Code)
			if stage(e.Status) < 0 || step == StepConfirmed || step == StepReadyToShip {
				continue
			}
			first = Earliest(first, e.instant())
		}
	}
	return first
}
