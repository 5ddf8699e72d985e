package tracker_test

import (
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

// noon is Tuesday noon in Moscow.
func noon() time.Time { return time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC) }

func moscow() *time.Location { return time.FixedZone("MSK", 3*3600) }

// travelling returns a parcel in the given state whose last event was ago before
// now.
func travelling(status parcel.Status, phase parcel.Phase, ago time.Duration, now time.Time) parcel.Parcel {
	return parcel.Parcel{
		ID: 1, Links: []parcel.Link{{Number: "RB123456785CN"}}, Status: status, Phase: phase,
		Origin: "CN", Destination: "RU", FirstSeen: now.AddDate(0, 0, -30), LastEvent: now.Add(-ago),
		Exported: now.Add(-ago), Imported: now.Add(-ago),
	}
}

func TestNextCheckComesSoonWhereSomethingIsAboutToHappen(t *testing.T) {
	tests := []struct {
		name     string
		status   parcel.Status
		phase    parcel.Phase
		ago      time.Duration
		min, max time.Duration
		reason   string
	}{
		{"a parcel with the courier is asked about every hour", parcel.OutForDelivery, parcel.PhaseDestination, time.Hour, 50 * time.Minute, 70 * time.Minute, "out_for_delivery"},
		{"a failed attempt within hours", parcel.AttemptFailed, parcel.PhaseDestination, time.Hour, 2 * time.Hour, 4 * time.Hour, "attempt_failed"},
		{"a waiting parcel a few times a day", parcel.ReadyForPickup, parcel.PhaseDestination, day, 12 * time.Hour, 24 * time.Hour, "waits_for_pickup"},
		{"a parcel near its office at the next round of the day", parcel.InTransit, parcel.PhaseDestination, 2 * day, 20 * time.Minute, 6 * time.Hour, "near_delivery"},
		{"a parcel just exported rarely", parcel.Export, parcel.PhaseBetween, day, 60 * time.Hour, 80 * time.Hour, "gap"},
		{"a parcel that is due to arrive more often", parcel.Export, parcel.PhaseBetween, 14 * day, 24 * time.Hour, 28 * time.Hour, "arrival_due"},
		{"a parcel long past its time rarely again", parcel.Export, parcel.PhaseBetween, 100 * day, 2 * day, 4 * day, "long_silent"},
		{"an announced parcel twice in three days", parcel.PreAdvice, parcel.PhaseOrigin, day, 14 * time.Hour, 18 * time.Hour, "announced"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := travelling(tt.status, tt.phase, tt.ago, noon())
			next, reason := tracker.NextCheck(&p, nil, moscow(), noon())
			if got := next.Sub(noon()); got < tt.min || got > tt.max {
				t.Errorf("next check after %v, want between %v and %v", got, tt.min, tt.max)
			}
			if reason != tt.reason {
				t.Errorf("reason %q, want %q", reason, tt.reason)
			}
		})
	}
}

func TestNextCheckIsNeverAfterTheGraceOfAFinalStatus(t *testing.T) {
	p := travelling(parcel.Delivered, parcel.PhaseDone, 0, noon())
	p.FinalAt = noon()
	checks := 0
	for now := noon(); ; checks++ {
		next, _ := tracker.NextCheck(&p, nil, moscow(), now)
		if next.IsZero() {
			break
		}
		if checks > 10 {
			t.Fatal("checks of a delivered parcel never end")
		}
		now = next
	}
	if checks < 2 || checks > 5 {
		t.Errorf("%d checks after delivery, want a few: corrections come late", checks)
	}
}

func TestNextCheckIsNeverForWhatThePersonClosed(t *testing.T) {
	p := travelling(parcel.OutForDelivery, parcel.PhaseDestination, time.Hour, noon())
	p.Closed = true
	if next, _ := tracker.NextCheck(&p, nil, moscow(), noon()); !next.IsZero() {
		t.Errorf("next check %v for a closed parcel, want never", next)
	}
}

func TestNextCheckLeavesOutTheNightWhereOnlyPeopleMoveParcels(t *testing.T) {
	evening := time.Date(2026, 3, 10, 20, 30, 0, 0, moscow())
	p := travelling(parcel.OutForDelivery, parcel.PhaseDestination, time.Hour, evening)
	next, _ := tracker.NextCheck(&p, nil, moscow(), evening)
	if got := next.In(moscow()); got.Day() != 11 || got.Hour() != 8 {
		t.Errorf("next check at %v, want the next morning at eight", got)
	}
}

func TestNextCheckSpreadsParcelsLearnedTogether(t *testing.T) {
	seen := map[time.Time]bool{}
	for _, n := range []number.Number{"RB123456785CN", "RR123456785CN", "LP00999900000034", "AP00999900000180"} {
		p := travelling(parcel.InTransit, parcel.PhaseOrigin, time.Hour, noon())
		p.Links[0].Number = n
		next, _ := tracker.NextCheck(&p, nil, moscow(), noon())
		seen[next] = true
	}
	if len(seen) < 3 {
		t.Errorf("%d different moments for four parcels, want them spread", len(seen))
	}
}
