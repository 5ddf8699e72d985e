package notify

import (
	"cmp"
	"time"

	"parcelwatch/parcel"
)

// An order without news for longer is not shown: shops cancel orders without notice.
const orderHorizon = 60 * day

// sellerDays is the number of days that sellers usually take to send.
const sellerDays = 5

func (c *composer) order(o *parcel.Order) {
	// An order closed by the shop may be news; one closed by the user is not.
	if c.Urgent || (o.Closed && o.Step != parcel.StepClosed) || c.carried[o.ID] || !c.Audience.cares(o.Mailbox) {
		return
	}
	changes := loud(c.byOrder[o.ID])
	c.news += len(changes)
	it := Item{Order: o.ID, Step: o.Step, News: len(changes) > 0}
	it.Title, it.Others = title("", o.Items)
	rank := -o.StepAt.Unix()
	switch kind := orderSection(o); kind {
	case SectionDelivered, SectionEnded:
		if len(changes) > 0 {
			c.add(kind, it, rank)
		}
	case SectionWaiting:
		if c.now.Sub(since(o)) < orderHorizon {
			c.footer.Orders++
			it.Notes = []Note{waiting(daysSince(since(o), c.now))}
			c.add(kind, it, rank)
		}
	default:
		if c.now.Sub(o.StepAt) < orderHorizon {
			c.footer.Orders++
			it.Notes = []Note{unnumbered(o, c.now)}
			c.add(kind, it, rank)
		}
	}
}

// since returns when the wait for the seller began.
func since(o *parcel.Order) time.Time { return cmp.Or(o.Placed, o.FirstSeen) }

func orderSection(o *parcel.Order) SectionKind {
	switch o.Step {
	case parcel.StepDelivered, parcel.StepDeliveryConfirmed, parcel.StepFeedback:
		return SectionDelivered
	case parcel.StepClosed:
		return SectionEnded
	case parcel.StepConfirmed, parcel.StepReadyToShip, parcel.StepOther, parcel.StepNone, parcel.StepUpdate, "":
		if o.Shipped.IsZero() {
			return SectionWaiting
		}
		return SectionUnnumbered
	default:
		return SectionUnnumbered
	}
}

func waiting(days int) Note {
	if days > sellerDays {
		return note("note_waiting_long", "Count", days)
	}
	return counted("note_waiting", days)
}

func unnumbered(o *parcel.Order, now time.Time) Note {
	return counted("note_unnumbered", daysSince(cmp.Or(o.Shipped, o.StepAt), now))
}
