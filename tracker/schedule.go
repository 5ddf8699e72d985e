package tracker

import (
	"hash/fnv"
	"time"

	"parcelwatch/parcel"
)

// grace is how long carriers are still asked after a final status, because
// corrections and returns are reported late.
const grace = 10 * day

// NextCheck returns when carriers are asked again about a settled parcel, and the
// reason in one word. The zero time means never. loc is the zone of the
// destination: checks skip the night there if the status can change only during the
// day.
func NextCheck(p *parcel.Parcel, h History, loc *time.Location, now time.Time) (time.Time, string) {
	every, reason := pace(p, h, now)
	if every == 0 {
		return time.Time{}, reason
	}
	next := now.Add(jitter(p, every))
	if reason == nearDelivery {
		return nextRound(now, loc).Add(jitter(p, 20*time.Minute)), reason
	}
	if byDay(p.Status) || (p.Phase == parcel.PhaseDestination && every < 12*time.Hour) {
		next = daytime(next, loc)
	}
	return next, reason
}

// pace returns how long to wait until the next check, or 0 for never.
func pace(p *parcel.Parcel, h History, now time.Time) (time.Duration, string) {
	if p.Closed {
		return 0, "closed"
	}
	if p.Status.Final() {
		return afterFinal(p, now)
	}
	quiet := now.Sub(latest(p.LastEvent, p.FirstSeen))
	switch p.Status {
	case parcel.OutForDelivery:
		return time.Hour, "out_for_delivery"
	case parcel.AttemptFailed:
		return 3 * time.Hour, "attempt_failed"
	case parcel.ReadyForPickup:
		return 14 * time.Hour, "waits_for_pickup"
	case parcel.CustomsHold:
		return 12 * time.Hour, "customs"
	case parcel.Returning, parcel.Exception:
		return day, "returning"
	default:
	}
	switch p.Phase {
	case parcel.PhaseDestination:
		return inDestination(p, quiet, now)
	case parcel.PhaseBetween:
		return crossing(p, h, now)
	default:
		return inOrigin(p, quiet)
	}
}

// afterFinal is the pace of parcels with a final status: a few checks until grace
// is over.
func afterFinal(p *parcel.Parcel, now time.Time) (time.Duration, string) {
	gone := now.Sub(p.FinalAt)
	switch {
	case p.FinalAt.IsZero() || gone > grace:
		return 0, "final"
	case p.Status == parcel.Expired:
		return 5 * day, "grace"
	case gone < day:
		return 2 * day, "grace"
	default:
		return 4 * day, "grace"
	}
}

// inDestination is the pace of parcels in the destination country. A few days after
// its arrival a parcel is near its post office, so it is checked every few hours by
// day.
func inDestination(p *parcel.Parcel, quiet time.Duration, now time.Time) (time.Duration, string) {
	arrived := now.Sub(p.Imported)
	if p.Imported.IsZero() {
		arrived = quiet
	}
	switch {
	case quiet > 8*day:
		return day, "quiet"
	case arrived < 36*time.Hour:
		return 8 * time.Hour, "arrived"
	case quiet > 4*day:
		return 6 * time.Hour, "quiet"
	default:
		return 3 * time.Hour, nearDelivery
	}
}

// crossing is the pace of parcels between two countries. They are checked rarely
// just after export and long after the usual arrival, and daily around it.
func crossing(p *parcel.Parcel, h History, now time.Time) (time.Duration, string) {
	minDays, maxDays := h.Usual(p.Origin, p.Destination)
	gone := now.Sub(latest(p.Exported, p.LastEvent))
	if !p.Exported.IsZero() {
		gone = now.Sub(p.Exported)
	}
	switch days := int(gone / day); {
	case days < minDays:
		return 3 * day, "gap"
	case days <= maxDays:
		return 26 * time.Hour, arrivalDue
	case days <= 2*maxDays:
		return day, "late"
	default:
		return 3 * day, "long_silent"
	}
}

func inOrigin(p *parcel.Parcel, quiet time.Duration) (time.Duration, string) {
	switch {
	case quiet > 20*day:
		return 3 * day, "long_silent"
	case quiet > 5*day:
		return day, "quiet"
	case p.Status == parcel.PreAdvice || p.Status == "":
		return 16 * time.Hour, "announced"
	default:
		return 12 * time.Hour, "origin"
	}
}

// byDay reports whether the status can change only during the day.
func byDay(s parcel.Status) bool {
	switch s {
	case parcel.OutForDelivery, parcel.AttemptFailed, parcel.ReadyForPickup, parcel.CustomsHold:
		return true
	default:
		return false
	}
}

// Hours of the destination's day between which posts scan.
const (
	dayStarts = 8
	dayEnds   = 21
)

const (
	// nearDelivery is the reason of checks at the times of [rounds].
	nearDelivery = "near_delivery"
	// arrivalDue is the reason of checks around the usual time of arrival.
	arrivalDue = "arrival_due"
)

// rounds returns the times of the destination's day by which posts have scanned
// arrivals and couriers have loaded parcels.
func rounds() []time.Duration {
	return []time.Duration{
		9*time.Hour + 20*time.Minute, 10*time.Hour + 40*time.Minute, 12*time.Hour + 20*time.Minute, 17 * time.Hour,
	}
}

// nextRound returns the first round of the day in loc that is at least half an hour
// away.
func nextRound(now time.Time, loc *time.Location) time.Time {
	local := now.In(loc)
	for ahead := range 2 {
		for _, r := range rounds() {
			hour, minute := int(r/time.Hour), int(r%time.Hour/time.Minute)
			at := time.Date(local.Year(), local.Month(), local.Day()+ahead, hour, minute, 0, 0, loc)
			if at.Sub(now) >= 30*time.Minute {
				return at
			}
		}
	}
	return now.Add(12 * time.Hour)
}

// daytime moves t out of the night in loc, to the next morning.
func daytime(t time.Time, loc *time.Location) time.Time {
	local := t.In(loc)
	morning := time.Date(local.Year(), local.Month(), local.Day(), dayStarts, local.Minute(), local.Second(), 0, loc)
	switch {
	case local.Hour() < dayStarts:
		return morning
	case local.Hour() >= dayEnds:
		return morning.AddDate(0, 0, 1)
	default:
		return t
	}
}

// jitter changes a wait by up to a twentieth either way, always the same for a
// parcel, so that parcels learned together do not stay due together.
func jitter(p *parcel.Parcel, every time.Duration) time.Duration {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(p.Number()))
	return every - every/20 + time.Duration(sum.Sum32()%1000)*every/10000
}
