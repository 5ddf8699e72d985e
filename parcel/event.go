package parcel

import (
	"time"

	"parcelwatch/parcel/number"
)

// SourceMail is the source name of events reported by the shop's mail.
const SourceMail = "mail"

// Event is one line of a timeline.
type Event struct {
	// Time is the instant of the event in the zone of its place. If ZoneKnown is
	// false, it is the wall clock of the place, stored as UTC.
	Time      time.Time `json:"time"`
	ZoneKnown bool      `json:"zone_known"`
	Status    Status    `json:"status"`
	Country   string    `json:"country"` // ISO 3166-1 alpha-2, upper case; empty if unknown
	Place     string    `json:"place"`
	Text      string    `json:"text"` // the carrier's text, unchanged
	Code      string    `json:"code"` // the carrier's code, unchanged
	Sources   []string  `json:"sources"`
	// Guess is set if no table holds the code. Status is then InTransit, and the
	// event never undoes the status of a known one.
	Guess bool `json:"guess,omitempty"`
	// Unproven is set for an event of a mail without a proof of its sender. Unless a
	// carrier reports the same, it does not end the parcel's journey.
	Unproven bool `json:"unproven,omitempty"`
}

// Tracking is a carrier's answer for one number. Events are oldest first and
// contain no personal names and no forecasts.
type Tracking struct {
	Events      []Event
	Aliases     []Alias // other numbers of the same parcel, according to the carrier
	Origin      string  // ISO 3166-1 alpha-2; empty if unknown
	Destination string
	ETA         Date
	PickupUntil Date   // last day of storage while it waits for pickup
	PickupPlace string // where it waits
}

// Alias is another number of the same parcel, with the field of the answer that
// contained it ("copyRealMailNo").
type Alias struct {
	Number number.Number `json:"number"`
	Field  string        `json:"field"`
}

// Earliest returns the earlier of two times. The zero time is none.
func Earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
