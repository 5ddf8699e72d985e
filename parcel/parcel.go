package parcel

import (
	"time"

	"parcelwatch/parcel/number"
)

// Parcel is one physical parcel. Its number may change on the way; all its numbers
// lead to the same Parcel. The fields from Status to Pickup are derived from the
// sources by [Parcel.Settle] and stored so that lists need not merge.
type Parcel struct {
	ID        int64           `json:"id"`
	Title     string          `json:"title,omitempty"` // set by the user; if empty, the items' titles are shown
	Items     []Item          `json:"items,omitempty"`
	Links     []Link          `json:"links"`            // its numbers, in the order they were learned
	Maybe     []Link          `json:"maybe,omitempty"`  // numbers of other parcels that may be this one
	NeverJoin []number.Number `json:"apart,omitempty"`  // numbers that were split off by hand
	Unions    []Union         `json:"unions,omitempty"` // the parcels it took over
	Orders    []string        `json:"orders,omitempty"` // shop order ids
	Mailboxes Mailboxes       `json:"mailboxes,omitempty"`

	Logistics Logistics `json:"logistics"`
	Sources   []Source  `json:"sources,omitempty"` // each carrier's timeline, and the mail's

	Status      Status    `json:"status"`
	StatusSince time.Time `json:"status_since"` // when the event behind Status happened; the first of several in a row
	Phase       Phase     `json:"phase"`
	Origin      string    `json:"origin,omitempty"`      // ISO country
	Destination string    `json:"destination,omitempty"` // ISO country
	Exported    time.Time `json:"exported,omitzero"`     // first event of leaving the origin
	Imported    time.Time `json:"imported,omitzero"`     // first event in the destination country
	LastEvent   time.Time `json:"last_event,omitzero"`   // newest event of any kind
	ETA         Date      `json:"eta,omitempty"`
	Pickup      Pickup    `json:"pickup,omitzero"`

	FirstSeen   time.Time `json:"first_seen"`           // when the program learned of it
	Shipped     time.Time `json:"shipped,omitzero"`     // when the shop reported it sent; starts the protection
	Changed     time.Time `json:"changed,omitzero"`     // when something was last learned
	FinalAt     time.Time `json:"final_at,omitzero"`    // when it was learned to be final
	Stalled     time.Time `json:"stalled,omitzero"`     // when it was found to be stalled; zero if it is not
	Unasked     Unasked   `json:"unasked,omitzero"`     // if it is late: who would know and has not answered
	Reminded    time.Time `json:"reminded,omitzero"`    // when the end of protection was announced
	NextCheck   time.Time `json:"next_check,omitzero"`  // when carriers are asked next; zero for never
	Reason      string    `json:"next_reason,omitzero"` // reason for NextCheck, one word
	Muted       bool      `json:"muted,omitempty"`      // tracked, but not announced
	Closed      bool      `json:"closed,omitempty"`     // closed by the user
	AddedByUser bool      `json:"typed,omitempty"`      // not learned from mail
	Unverified  bool      `json:"unverified,omitempty"` // named only by mail without a proof of its sender
}

// Pickup is where a parcel waits and until when.
type Pickup struct {
	Place string `json:"place,omitempty"`
	Until Date   `json:"until,omitempty"`
}

// Unasked is a carrier whose silence means nothing, because it has not answered since
// a parcel is late. The zero value is nobody.
type Unasked struct {
	Carrier string `json:"carrier,omitempty"` // empty if no post of the country can be asked
	Country string `json:"country,omitempty"` // ISO country where the parcel is expected
	Result  Result `json:"result,omitempty"`  // why: no credential, skipped, or how the last call failed
}

// Link ties a number to a parcel, with the reason and its certainty.
type Link struct {
	Number    number.Number `json:"number"`
	Since     time.Time     `json:"since"`
	Reason    string        `json:"reason"` // "mail", "typed", "copyRealMailNo", "same order", "merged by hand"
	Certainty Certainty     `json:"certainty"`
	Parcel    int64         `json:"parcel,omitempty"` // in Parcel.Maybe: the parcel that carries the number
}

// Certainty grades a link.
type Certainty string

// The certainties. A number with Maybe is kept in Parcel.Maybe.
const (
	Certain Certainty = "certain" // stated by a carrier, the mail itself or the user
	Likely  Certainty = "likely"  // the same orders, and a unique match
	Maybe   Certainty = "maybe"   // shown to the user, not joined
)

// Source is what one carrier, or the mail, has reported about one number, and the
// result of the last call.
type Source struct {
	Carrier string        `json:"carrier"`
	Number  number.Number `json:"number"`
	Events  []Event       `json:"events,omitempty"` // oldest first
	Result  Result        `json:"result,omitempty"` // of the last call
	Error   string        `json:"error,omitempty"`
	Asked   time.Time     `json:"asked,omitzero"`
	// Answered is when this source last answered with events.
	Answered    time.Time `json:"answered,omitzero"`
	Origin      string    `json:"origin,omitempty"`
	Destination string    `json:"destination,omitempty"`
	ETA         Date      `json:"eta,omitempty"`
	Pickup      Pickup    `json:"pickup,omitzero"`
}

// Result is the outcome of asking a carrier once, as shown in JSON.
type Result string

// The results of asking a carrier.
const (
	ResultOK           Result = "ok"
	ResultNotFound     Result = "not_found"
	ResultTemporary    Result = "temporary"
	ResultThrottled    Result = "throttled"
	ResultDenied       Result = "denied"
	ResultChanged      Result = "changed"
	ResultNoCredential Result = "no_credential" //nolint:gosec // the word for a missing one
	ResultSkipped      Result = "skipped"
)

// ProtectedFrom returns when the shop's buyer protection began; zero if unknown.
func (p Parcel) ProtectedFrom() time.Time {
	if p.Shipped.IsZero() && !p.AddedByUser {
		return p.FirstSeen
	}
	return p.Shipped
}

// Numbers returns the parcel's numbers in the order they were learned.
func (p Parcel) Numbers() []number.Number {
	out := make([]number.Number, 0, len(p.Links))
	for _, l := range p.Links {
		out = append(out, l.Number)
	}
	return out
}

// Number returns the number the parcel is shown under: the one learned last. It is
// empty for a parcel without links.
func (p Parcel) Number() number.Number {
	if len(p.Links) == 0 {
		return ""
	}
	return p.Links[len(p.Links)-1].Number
}

// Timeline returns the merged timeline, oldest first. Statuses on the way back and
// guesses are corrected, see decisive.
func (p Parcel) Timeline() []Event { return decisive(Merge(p.Sources)) }

// Order is a shop's order. One order may travel in several parcels and one parcel
// may carry several orders; the parcels hold the relation.
type Order struct {
	ID        string    `json:"id"`
	Shop      string    `json:"shop"`
	Mailboxes Mailboxes `json:"mailboxes,omitempty"`
	Items     []Item    `json:"items,omitempty"`
	Placed    time.Time `json:"placed,omitzero"` // Date of the mail that confirmed it
	Step      Step      `json:"step"`
	StepWords string    `json:"step_words,omitempty"`
	StepAt    time.Time `json:"step_at"`
	Shipped   time.Time `json:"shipped,omitzero"`
	ETA       Date      `json:"eta,omitempty"`
	FirstSeen time.Time `json:"first_seen"`
	Closed    bool      `json:"closed,omitempty"`
	// Unverified is set if only mail without a proof of its sender names the order.
	Unverified bool `json:"unverified,omitempty"`
}
