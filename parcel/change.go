package parcel

import (
	"time"

	"parcelwatch/internal/message"
)

// Change is something worth telling. It is recorded in the transaction that
// caused it.
type Change struct {
	ID     int64      `json:"id"`
	Kind   ChangeKind `json:"kind"`
	Parcel int64      `json:"parcel,omitempty"`
	Order  string     `json:"order,omitempty"`
	From   Status     `json:"from,omitempty"`
	To     Status     `json:"to,omitempty"`
	Old    string     `json:"old,omitempty"` // the earlier number, date or state, by kind
	New    string     `json:"new,omitempty"`
	Event  Event      `json:"event,omitzero"` // what caused it, where an event did
	At     time.Time  `json:"at"`             // when it was learned
	// Fault is why, for changes of health.
	Fault message.Text `json:"fault,omitempty"`
	// Quiet changes are recorded, shown in lists, and make no digest by
	// themselves: the first sight of something delivered or ancient.
	Quiet bool `json:"quiet,omitempty"`
	// Key names the change among those of its parcel, or among those of no parcel:
	// kind, state, day. The store keeps one change for each key.
	Key string `json:"key"`
}

// ChangeKind says what sort of news a change is.
type ChangeKind string

// The kinds of change.
const (
	ChangeNewParcel   ChangeKind = "new_parcel"   // a number was learned
	ChangeNewOrder    ChangeKind = "new_order"    // an order without a number yet
	ChangeOrderStep   ChangeKind = "order_step"   // the order moved, still without a number
	ChangeMoved       ChangeKind = "moved"        // the status changed
	ChangeNumber      ChangeKind = "number"       // the parcel has another number
	ChangeMaybeSame   ChangeKind = "maybe_same"   // may be the same as another parcel
	ChangeStalled     ChangeKind = "stalled"      // silent past the usual time
	ChangeProtection  ChangeKind = "protection"   // buyer protection ends soon
	ChangePickupUntil ChangeKind = "pickup_until" // the last day of storage was learned or moved
	ChangeETA         ChangeKind = "eta"          // the expected day was learned or moved
	ChangeHealth      ChangeKind = "health"       // something broke or works again; Old and New are states
)
