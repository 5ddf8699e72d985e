package parcel

import (
	"time"

	"parcelwatch/internal/message"
)

// Change is a piece of news about a parcel, an order or the health of the daemon.
// It is recorded in the transaction that caused it.
type Change struct {
	ID     int64      `json:"id"`
	Kind   ChangeKind `json:"kind"`
	Parcel int64      `json:"parcel,omitempty"`
	Order  string     `json:"order,omitempty"`
	From   Status     `json:"from,omitempty"`
	To     Status     `json:"to,omitempty"`
	Old    string     `json:"old,omitempty"` // the earlier number, date or state, by kind
	New    string     `json:"new,omitempty"`
	Event  Event      `json:"event,omitzero"` // the event behind it, if there is one
	At     time.Time  `json:"at"`             // when it was learned
	// Fault is the cause of a change of health.
	Fault message.Text `json:"fault,omitempty"`
	// Mailbox limits the change to the readers of one mailbox, for whom a parcel or an
	// order that others know already is new.
	Mailbox string `json:"mailbox,omitempty"`
	// Quiet changes are recorded and listed but do not trigger a digest, such as
	// the first sight of a parcel that is long delivered.
	Quiet bool `json:"quiet,omitempty"`
	// Key identifies the change within its parcel, or among the changes without a
	// parcel: kind, state, day. The store keeps one change per key.
	Key string `json:"key"`
}

// ChangeKind is the kind of a change.
type ChangeKind string

// The kinds of change.
const (
	ChangeNewParcel   ChangeKind = "new_parcel"   // a number was learned
	ChangeNewOrder    ChangeKind = "new_order"    // an order without a number yet
	ChangeOrderStep   ChangeKind = "order_step"   // the order moved, still without a number
	ChangeOrderWaits  ChangeKind = "order_waits"  // the order has waited for long, still without a number
	ChangeMoved       ChangeKind = "moved"        // the status changed
	ChangeNumber      ChangeKind = "number"       // the parcel has another number
	ChangeMaybeSame   ChangeKind = "maybe_same"   // may be the same as another parcel
	ChangeStalled     ChangeKind = "stalled"      // silent past the usual time
	ChangeProtection  ChangeKind = "protection"   // buyer protection ends soon
	ChangePickupUntil ChangeKind = "pickup_until" // the last day of storage was learned or moved
	ChangeETA         ChangeKind = "eta"          // the expected day was learned or moved
	ChangeHealth      ChangeKind = "health"       // something broke or works again; Old and New are states
)
