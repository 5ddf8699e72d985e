package parcel

import "time"

// instant is when the event happened, as well as can be told.
func (e Event) instant() time.Time {
	return e.Time
}
