package tracker

import (
	"cmp"
	"context"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

const day = 24 * time.Hour

// A parcel that is not between two countries is stalled after this long without
// news.
const (
	patienceAnnounced   = 20 * day // announced and never scanned
	patienceOrigin      = 15 * day // scanned in the origin country, not left
	patienceDestination = 12 * day // seen in the destination country
	// expiry is how long after the last event of any kind tracking ends.
	expiry = 120 * day
	// expiryUntracked is expiry for letters whose number no post scans abroad.
	expiryUntracked = 75 * day
)

// ownHistory is how many recorded journeys of a route replace the table's values.
const ownHistory = 5

// History holds the recorded journeys of earlier parcels.
type History []store.Journey

// Usual returns after how many days parcels from origin are usually first seen in
// destination: the 10th and 90th percentile of the recorded journeys if there are
// five of that route, else the table's values.
func (h History) Usual(origin, destination string) (minDays, maxDays int) {
	var days []int
	for _, j := range h {
		if j.Origin == origin && j.Destination == destination && j.Imported.After(j.Exported) {
			days = append(days, int(j.Imported.Sub(j.Exported)/day))
		}
	}
	if len(days) < ownHistory {
		return parcel.UsualGap(origin, destination)
	}
	slices.Sort(days)
	return days[len(days)/10], days[(len(days)*9-1)/10] + 1
}

// Gaps reads the finished journeys from a store and returns their
// [History.Usual].
func Gaps(journeys func(context.Context) ([]store.Journey, error)) func(context.Context) (func(origin, destination string) (minDays, maxDays int), error) {
	return func(ctx context.Context) (func(origin, destination string) (minDays, maxDays int), error) {
		list, err := journeys(ctx)
		return History(list).Usual, err
	}
}

// stalledAt returns when p counts as stalled, or the zero time if it never does.
func stalledAt(p *parcel.Parcel, h History) time.Time {
	if p.Status.Final() || p.Closed || p.Status == parcel.ReadyForPickup {
		return time.Time{} // one that waits for the addressee is not silent
	}
	since := cmp.Or(p.LastEvent, p.FirstSeen)
	switch p.Phase {
	case parcel.PhaseBetween:
		if p.Number().Untracked() {
			return time.Time{} // no post scans it abroad: silence means nothing
		}
		_, maxDays := h.Usual(p.Origin, p.Destination)
		return latest(cmp.Or(p.Exported, since).Add(time.Duration(maxDays)*day), since.Add(5*day))
	case parcel.PhaseDestination:
		return since.Add(patienceDestination)
	case parcel.PhaseOrigin:
		if p.Status == parcel.PreAdvice || p.Status == "" {
			return since.Add(patienceAnnounced)
		}
		return since.Add(patienceOrigin)
	default:
		return time.Time{}
	}
}

// settle derives the parcel's state from its sources. After a long silence the
// state is expired.
func settle(p *parcel.Parcel, home string, now time.Time) {
	p.Settle(home, now)
	last := p.LastEvent
	if last.IsZero() || last.Before(p.FirstSeen) && p.AddedByUser {
		last = p.FirstSeen
	}
	limit := expiry
	if p.Number().Untracked() {
		limit = expiryUntracked
	}
	if !p.Status.Final() && now.Sub(last) > limit {
		p.Status, p.StatusSince, p.Phase = parcel.Expired, last.Add(limit), parcel.PhaseDone
	}
	switch {
	case !p.Status.Final():
		p.FinalAt = time.Time{}
	case p.FinalAt.IsZero():
		p.FinalAt = now
	}
}

// markStalled sets or clears Stalled and Unasked of a settled parcel. It is stalled
// only if somebody who would know has been asked after the usual time.
func markStalled(p *parcel.Parcel, b basis, now time.Time) {
	at := stalledAt(p, b.History)
	p.Unasked = parcel.Unasked{}
	late := !at.IsZero() && !now.Before(at)
	if late && b.Unasked != nil {
		p.Unasked = b.Unasked(p, at)
	}
	switch {
	case !late || p.Unasked != parcel.Unasked{}:
		p.Stalled = time.Time{}
	case p.Stalled.IsZero():
		p.Stalled = now
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
