package notify

import (
	"slices"
	"time"

	"parcelwatch/parcel"
)

// urgentPause is the minimum time between two urgent mails to one audience.
const urgentPause = 10 * time.Minute

// Urgent returns the changes that are announced at once: parcels that reached one of the
// statuses, the last two days of pickup, and mailboxes that cannot be read.
func Urgent(changes []parcel.Change, statuses []parcel.Status) []parcel.Change {
	var out []parcel.Change
	for _, ch := range changes {
		switch {
		case ch.Quiet:
		case ch.Kind == parcel.ChangeHealth:
			if a := alarmOf(ch); !a.Over && a.Kind == TroubleMailbox {
				out = append(out, ch)
			}
		case ch.Kind == parcel.ChangeMoved || ch.Kind == parcel.ChangeNewParcel || ch.Kind == parcel.ChangePickupUntil:
			if slices.Contains(statuses, ch.To) {
				out = append(out, ch)
			}
		}
	}
	return out
}

// urgentInput limits a digest's input to the urgent changes and all other changes of the
// same parcels, because the mail shows the present state of those parcels.
func urgentInput(in Input, urgent []parcel.Change) Input {
	parcels := map[int64]bool{}
	ids := map[int64]bool{}
	for _, ch := range urgent {
		ids[ch.ID] = true
		if ch.Parcel != 0 {
			parcels[ch.Parcel] = true
		}
	}
	in.Urgent = true
	in.Orders = nil
	in.Changes = slices.DeleteFunc(slices.Clone(in.Changes), func(ch parcel.Change) bool {
		return !ids[ch.ID] && !parcels[ch.Parcel]
	})
	return in
}
