package parcel

import (
	"time"

	"parcelwatch/parcel/number"
)

// SourceMail is the source of events that the shop's mail told.
const SourceMail = "mail"

// Event is one line of a timeline.
type Event struct {
	// Time is the instant of the event in the zone of its place. Where
	// ZoneKnown is false it is the wall clock of the place, kept in UTC.
	Time      time.Time `json:"time"`
	ZoneKnown bool      `json:"zone_known"`
	Status    Status    `json:"status"`
	Country   string    `json:"country"` // ISO 3166-1 alpha-2, upper case; empty when not said
	Place     string    `json:"place"`
	Text      string    `json:"text"` // the carrier's own words
	Code      string    `json:"code"` // the carrier's own code
	Sources   []string  `json:"sources"`
	// Guess is set if no table holds the code: Status is then InTransit, and
	// the event never undoes what a known one said.
	Guess bool `json:"guess,omitempty"`
}

// Tracking is what a carrier answered for one number. Events are oldest first,
// hold no names of persons and no forecasts.
type Tracking struct {
	Events      []Event
	Aliases     []Alias // other numbers of the same parcel, on the carrier's word
	Origin      string  // ISO 3166-1 alpha-2; empty when not said
	Destination string
	ETA         Date
	PickupUntil Date   // last day of storage, where it waits for pickup
	PickupPlace string // where it waits
}

// Alias is another number of the same parcel, with the field of the answer that
// said so ("copyRealMailNo").
type Alias struct {
	Number number.Number `json:"number"`
	Field  string        `json:"field"`
}
