package parcel

// Step is what the shop reports, in one word. An unknown phrase is [StepOther]; the
// notice keeps its text.
type Step string

// The steps that a shop's mail can report.
const (
	StepConfirmed            Step = "confirmed"
	StepReadyToShip          Step = "ready_to_ship"
	StepPartlyShipped        Step = "partly_shipped"
	StepShipped              Step = "shipped"
	StepHandedOver           Step = "handed_over"
	StepPickedUp             Step = "picked_up"
	StepInTransit            Step = "in_transit"
	StepLeftOrigin           Step = "left_origin"
	StepAtCustoms            Step = "at_customs"
	StepClearedCustoms       Step = "cleared_customs"
	StepInCountry            Step = "in_country"
	StepLocalTransit         Step = "local_transit"
	StepLocalCarrier         Step = "local_carrier"
	StepAtDeliveryCenter     Step = "at_delivery_center"
	StepOutForDelivery       Step = "out_for_delivery"
	StepReadyForPickup       Step = "ready_for_pickup"
	StepDelivered            Step = "delivered"
	StepDeliveryConfirmed    Step = "delivery_confirmed"
	StepAwaitingConfirmation Step = "awaiting_confirmation"
	StepFeedback             Step = "feedback"
	StepClosed               Step = "closed"
	StepUpdate               Step = "update"
	StepOther                Step = "other"
	StepNone                 Step = "none"
)

// Steps returns every step once.
func Steps() []Step {
	return []Step{
		StepConfirmed, StepReadyToShip, StepPartlyShipped, StepShipped, StepHandedOver, StepPickedUp,
		StepInTransit, StepLeftOrigin, StepAtCustoms, StepClearedCustoms, StepInCountry, StepLocalTransit,
		StepLocalCarrier, StepAtDeliveryCenter, StepOutForDelivery, StepReadyForPickup, StepDelivered,
		StepDeliveryConfirmed, StepAwaitingConfirmation, StepFeedback, StepClosed, StepUpdate, StepOther, StepNone,
	}
}

// Arrived reports whether the step implies that the parcel is in the country to which it
// goes.
func (s Step) Arrived() bool {
	switch s {
	case StepAtCustoms, StepClearedCustoms, StepInCountry, StepLocalTransit, StepLocalCarrier, StepAtDeliveryCenter,
		StepOutForDelivery, StepReadyForPickup, StepDelivered, StepDeliveryConfirmed:
		return true
	default:
		return false
	}
}

// Status returns the status that corresponds to the step.
func (s Step) Status() Status {
	switch s {
	case StepConfirmed, StepReadyToShip, StepPartlyShipped, StepShipped:
		return PreAdvice
	case StepHandedOver, StepPickedUp:
		return Accepted
	case StepInTransit, StepLocalCarrier, StepAtDeliveryCenter:
		return InTransit
	case StepLeftOrigin:
		return Export
	case StepAtCustoms, StepClearedCustoms:
		return Customs
	case StepInCountry, StepLocalTransit:
		return Import
	case StepOutForDelivery:
		return OutForDelivery
	case StepReadyForPickup:
		return ReadyForPickup
	case StepDelivered, StepDeliveryConfirmed:
		return Delivered
	default:
		return Info
	}
}
