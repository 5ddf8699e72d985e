package parcel

import (
	"cmp"
	"time"
)

const (
	// orderHorizon is how long an order without news counts as open: shops cancel
	// orders without notice.
	orderHorizon = 60 * 24 * time.Hour
	// orderLate is how long an order usually stays without a parcel at most.
	orderLate = 14 * 24 * time.Hour
)

// OrderState is the state of an order that no parcel carries.
type OrderState string

// The states of an order.
const (
	OrderWaiting    OrderState = "waiting"    // ordered, not yet sent
	OrderUnnumbered OrderState = "unnumbered" // sent, no number yet
	OrderCourier    OrderState = "courier"    // out for delivery, according to the shop
	OrderPickup     OrderState = "pickup"     // waits for pickup, according to the shop
	OrderDelivered  OrderState = "delivered"
	OrderEnded      OrderState = "ended"     // closed by the shop or the user
	OrderAbandoned  OrderState = "abandoned" // no news for so long that it is no longer shown
)

// State returns the state of an order that no parcel carries.
func (o Order) State(now time.Time) OrderState {
	switch o.Step {
	case StepDelivered, StepDeliveryConfirmed, StepFeedback:
		return OrderDelivered
	case StepClosed:
		return OrderEnded
	default:
	}
	switch {
	case o.Closed:
		return OrderEnded
	case now.Sub(o.lastSign()) >= orderHorizon:
		return OrderAbandoned
	case o.Step == StepOutForDelivery:
		return OrderCourier
	case o.Step == StepReadyForPickup:
		return OrderPickup
	case o.Shipped.IsZero() && !o.Step.Sent():
		return OrderWaiting
	default:
		return OrderUnnumbered
	}
}

// Sent reports whether the step implies that the seller has sent the parcel.
func (s Step) Sent() bool {
	switch s {
	case StepConfirmed, StepReadyToShip, StepClosed, StepUpdate, StepOther, StepNone, "":
		return false
	default:
		return true
	}
}

// WaitsSince returns when the order began to wait for what comes next: when it was
// placed, or when it was sent.
func (o Order) WaitsSince() time.Time {
	if !o.Shipped.IsZero() || o.Step.Sent() {
		return cmp.Or(o.Shipped, o.StepAt, o.FirstSeen)
	}
	// A mail of months ago is no order of today.
	return cmp.Or(o.Placed, Earliest(o.StepAt, o.FirstSeen))
}

// Late reports whether an order has waited for longer than usual.
func (o Order) Late(now time.Time) bool {
	state := o.State(now)
	return (state == OrderWaiting || state == OrderUnnumbered) && now.Sub(o.WaitsSince()) >= orderLate
}

// lastSign returns when something was last reported about the order.
func (o Order) lastSign() time.Time {
	last := o.WaitsSince()
	if o.StepAt.After(last) {
		return o.StepAt
	}
	return last
}
