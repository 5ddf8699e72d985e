package tracker_test

import (
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/tracker"
)

func TestRank(t *testing.T) {
	t.Parallel()
	now := noon()
	pickup := func(days int) parcel.Parcel {
		return parcel.Parcel{Status: parcel.ReadyForPickup, Phase: parcel.PhaseDestination, Pickup: parcel.Pickup{Until: parcel.DateOf(now.AddDate(0, 0, days))}}
	}
	for name, tc := range map[string]struct {
		p    parcel.Parcel
		want carriers.Rank
	}{
		"with the courier":             {parcel.Parcel{Status: parcel.OutForDelivery, Phase: parcel.PhaseDestination}, carriers.RankCourier},
		"attempt failed":               {parcel.Parcel{Status: parcel.AttemptFailed}, carriers.RankCourier},
		"pickup ends tomorrow":         {pickup(1), carriers.RankSoon},
		"pickup ends in two weeks":     {pickup(14), carriers.RankDue},
		"a mail has just told of it":   {parcel.Parcel{Reason: "mail", Status: parcel.PreAdvice}, carriers.RankSoon},
		"a person asked for it":        {parcel.Parcel{Reason: "asked_for", Status: parcel.PreAdvice}, carriers.RankSoon},
		"in the destination":           {parcel.Parcel{Status: parcel.InTransit, Phase: parcel.PhaseDestination}, carriers.RankDue},
		"held by customs":              {parcel.Parcel{Status: parcel.CustomsHold, Phase: parcel.PhaseBetween}, carriers.RankDue},
		"left yesterday":               {parcel.Parcel{Status: parcel.Export, Phase: parcel.PhaseBetween, Exported: now.AddDate(0, 0, -1)}, carriers.RankRest},
		"due to arrive":                {parcel.Parcel{Status: parcel.Export, Phase: parcel.PhaseBetween, Exported: now.AddDate(0, 0, -15)}, carriers.RankDue},
		"in the origin":                {parcel.Parcel{Status: parcel.InTransit, Phase: parcel.PhaseOrigin}, carriers.RankRest},
		"delivered, says the mail too": {parcel.Parcel{Status: parcel.Delivered, Reason: "mail"}, carriers.RankRest},
	} {
		if got := tracker.Rank(&parcel.Parcel{Status: tc.p.Status}, nil, time.UTC, now); got > carriers.RankSoon && !tc.p.Status.Final() {
			t.Errorf("%s, and no carrier was ever asked: rank %d", name, got)
		}
		tc.p.Sources = []parcel.Source{{Carrier: "upu", Asked: now.AddDate(0, 0, -1)}}
		if got := tracker.Rank(&tc.p, nil, time.UTC, now); got != tc.want {
			t.Errorf("%s: rank %d, want %d", name, got, tc.want)
		}
	}
}
