package parcel

// Status is the status of a parcel, or the one that an event reports.
type Status string

// The statuses, in the order of a usual journey.
const (
	PreAdvice      Status = "pre_advice"       // announced, not yet seen by a post
	Accepted       Status = "accepted"         // taken over by a post or carrier
	InTransit      Status = "in_transit"       // on the way, no border mentioned
	Export         Status = "export"           // at or past the outward exchange office
	Import         Status = "import"           // arrived in the destination country
	Customs        Status = "customs"          // presented, inspected or released
	CustomsHold    Status = "customs_hold"     // refused, or payment or papers required
	ReadyForPickup Status = "ready_for_pickup" // waits at an office or locker
	OutForDelivery Status = "out_for_delivery" // with the courier today
	AttemptFailed  Status = "attempt_failed"   // the courier did not hand it over
	Delivered      Status = "delivered"        // handed to the addressee
	Returning      Status = "returning"        // on its way back, not final
	Returned       Status = "returned"         // handed back to the sender
	Exception      Status = "exception"        // damaged, lost, seized, cancelled
	Expired        Status = "expired"          // no news for so long that tracking ended
	Info           Status = "info"             // an event that does not move the parcel
)

// Statuses returns every status once, in the order of a usual journey.
func Statuses() []Status {
	return []Status{
		PreAdvice, Accepted, InTransit, Export, Import, Customs, CustomsHold, ReadyForPickup,
		OutForDelivery, AttemptFailed, Delivered, Returning, Returned, Exception, Expired, Info,
	}
}

// Final reports whether no more events are expected after s. A late event may still
// revive the parcel.
func (s Status) Final() bool {
	switch s {
	case Delivered, Returned, Expired:
		return true
	default:
		return false
	}
}

// Known reports whether s is one of [Statuses].
func (s Status) Known() bool {
	switch s {
	case PreAdvice, Accepted, InTransit, Export, Import, Customs, CustomsHold, ReadyForPickup,
		OutForDelivery, AttemptFailed, Delivered, Returning, Returned, Exception, Expired, Info:
		return true
	default:
		return false
	}
}

// Phase is the part of the journey that a parcel is on.
type Phase string

// The phases.
const (
	PhaseOrigin      Phase = "origin"      // not yet out of the country it comes from
	PhaseBetween     Phase = "between"     // left the origin, not yet seen at the destination
	PhaseDestination Phase = "destination" // seen in the destination country
	PhaseDone        Phase = "done"        // delivered, returned or expired
)
