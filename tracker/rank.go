package tracker

import (
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

// lastDays is how long before its last day of pickup a parcel ranks higher.
const lastDays = 3 * day

// rank returns how much a check of the parcel matters when a budget is short. loc is the
// zone of the destination.
func rank(p *parcel.Parcel, h History, loc *time.Location, now time.Time) carriers.Rank {
	until, _ := p.KeptUntil(loc)
	switch {
	case p.Status.Final():
		return carriers.RankRest
	case p.Status == parcel.OutForDelivery, p.Status == parcel.AttemptFailed:
		return carriers.RankCourier
	case p.Reason == byMail, p.Reason == byPerson, !asked(p), p.Status == parcel.ReadyForPickup && until != "" && until.Time(loc).Sub(now) < lastDays:
		return carriers.RankSoon
	case p.Status == parcel.ReadyForPickup, p.Status == parcel.CustomsHold, p.Phase == parcel.PhaseDestination:
		return carriers.RankDue
	}
	if _, reason := pace(p, h, now); reason == arrivalDue || reason == "late" {
		return carriers.RankDue
	}
	return carriers.RankRest
}

// asked reports whether any carrier was asked about the parcel.
func asked(p *parcel.Parcel) bool {
	return slices.ContainsFunc(p.Sources, func(s parcel.Source) bool { return !s.Asked.IsZero() })
}
