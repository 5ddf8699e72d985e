package tracker

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// byCredential is the reason of a check because a carrier's credential may be new.
const byCredential = "credential"

// horizon is how far ahead checks are planned, at most.
const horizon = 6 * day

// regain makes parcels due about which a carrier with a credential was never asked or
// refused to answer. The credential may have been configured since, and their next check
// may be days away.
func (p *poll) regain(ctx context.Context, now time.Time) error {
	var keyed bool
	for _, a := range p.engine.Askers {
		keyed = keyed || a.Info().NeedsCredential()
	}
	if !keyed {
		return nil
	}
	planned, err := p.store.Due(ctx, now.Add(horizon), roundLimit, func(int64) bool { return false })
	if err != nil {
		return fmt.Errorf("list planned checks: %w", err)
	}
	scope := store.Scope{Now: now}
	for _, one := range planned {
		if one.NextCheck.After(now) && slices.ContainsFunc(p.engine.Plan(one, now), func(a carriers.Ask) bool { return p.regained(&one, a) }) {
			scope.Parcels = append(scope.Parcels, one.ID)
		}
	}
	if len(scope.Parcels) == 0 {
		return nil
	}
	return p.store.Apply(ctx, scope, func(s *store.State) error {
		for _, one := range s.Parcels {
			one.NextCheck, one.Reason = now, byCredential
		}
		return nil
	})
}

// regained reports whether an ask can be made now that a missing or refused credential
// prevented at the parcel's last check.
func (p *poll) regained(one *parcel.Parcel, a carriers.Ask) bool {
	asker := p.engine.Askers[a.Carrier]
	if a.Skip != "" || asker == nil || !asker.Info().NeedsCredential() {
		return false
	}
	src := one.Source(a.Carrier, a.Number)
	return src.Asked.IsZero() || src.Result == parcel.ResultDenied
}
