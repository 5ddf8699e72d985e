package notify

import (
	"fmt"
	"time"

	"parcelwatch/parcel"
)

// sellerDays is the number of days that sellers usually take to send.
const sellerDays = 5

// orderSections maps the state of an order without a parcel to its section.
func orderSections() map[parcel.OrderState]SectionKind {
	return map[parcel.OrderState]SectionKind{
		parcel.OrderWaiting: SectionWaiting, parcel.OrderUnnumbered: SectionUnnumbered, parcel.OrderCourier: SectionToday,
		parcel.OrderPickup: SectionNeeds, parcel.OrderDelivered: SectionDelivered, parcel.OrderEnded: SectionEnded,
	}
}

// order adds an order without a parcel to its section. One that has ended is shown only
// as news.
func (c *composer) order(o *parcel.Order) {
	kind, shown := c.orderSection(o)
	changes := c.loud(c.byOrder[o.ID], o.Mailboxes)
	state := o.State(c.now)
	ended := state == parcel.OrderDelivered || state == parcel.OrderEnded
	if !shown || (ended || c.Urgent) && len(changes) == 0 {
		return
	}
	c.news += len(changes)
	if !ended {
		c.footer.Orders++
	}
	c.add(kind, entry{rank: c.orderRank(kind, o), news: len(changes) > 0, item: func() Item {
		it := orderItem(o)
		it.News = len(changes) > 0
		if !ended {
			it.Notes = c.orderNotes(o)
		}
		it.ProtectionUntil, _ = c.orderProtectedUntil(o)
		return it
	}})
}

// orderItem returns what every item of an order without a parcel has.
func orderItem(o *parcel.Order) Item {
	it := Item{Order: o.ID, Step: o.Step, Status: o.Step.Status()}
	it.Title, it.Others = title("", o.Items)
	return it
}

// orderRank sorts an order in its section: what needs the user by its end, else the newest first.
func (c *composer) orderRank(kind SectionKind, o *parcel.Order) int64 {
	if kind != SectionNeeds {
		return -o.StepAt.Unix()
	}
	end, _ := c.orderProtectedUntil(o)
	return c.ends(end)
}

// orderSection returns the section of an order without a parcel, and whether it is shown
// at all.
func (c *composer) orderSection(o *parcel.Order) (kind SectionKind, shown bool) {
	kind, shown = orderSections()[o.State(c.now)]
	_, near := c.orderProtectedUntil(o)
	switch {
	case !shown:
	case near:
		kind = SectionNeeds
	case o.Late(c.now):
		kind = SectionStalled
	}
	return kind, shown
}

// orderProtectedUntil returns the end of an order's protection if it is near.
func (c *composer) orderProtectedUntil(o *parcel.Order) (end parcel.Date, near bool) {
	end, left, ok := c.Protection.leftOf(o, c.zone, c.now)
	if !ok || left < 0 || left > c.Protection.Remind {
		return "", false
	}
	return end, true
}

func (c *composer) orderNotes(o *parcel.Order) []Note {
	var out []Note
	switch o.State(c.now) {
	case parcel.OrderWaiting:
		out = append(out, c.waiting(o))
	case parcel.OrderUnnumbered:
		out = append(out, c.unnumbered(o))
	case parcel.OrderCourier, parcel.OrderPickup:
		out = append(out, note("note_shop_only"))
	default:
	}
	if end, near := c.orderProtectedUntil(o); near {
		_, left, _ := c.Protection.leftOf(o, c.zone, c.now)
		out = append(out, protection(end, left))
	}
	return out
}

func (c *composer) waiting(o *parcel.Order) Note {
	if days := daysSince(o.WaitsSince(), c.now); days > sellerDays {
		return note("note_waiting_long", "Count", days)
	}
	return c.dated("note_waiting", o.WaitsSince())
}

func (c *composer) unnumbered(o *parcel.Order) Note {
	if o.Late(c.now) {
		return note("note_unnumbered_long", "Count", daysSince(o.WaitsSince(), c.now))
	}
	return c.dated("note_unnumbered", o.WaitsSince())
}

// milestones are the days after which an order without a parcel is announced again.
func milestones() []int { return []int{5, 14, 30} }

// OrderReminders returns reminders for orders without a parcel: after some days without
// a step, and before the buyer's protection ends. A reminder is due from the day after
// the order became known, so that an old mailbox brings none.
func OrderReminders(orders []parcel.Order, g Protection, zone *time.Location, now time.Time) []parcel.Change {
	var out []parcel.Change
	for _, o := range orders {
		state := o.State(now)
		if state != parcel.OrderWaiting && state != parcel.OrderUnnumbered || daysSince(o.FirstSeen, now) < 1 {
			continue
		}
		ch := parcel.Change{Kind: parcel.ChangeOrderWaits, Order: o.ID, New: string(state), At: now}
		if end, left, ok := g.leftOf(&o, zone, now); ok && left >= 0 && left <= g.Remind {
			ch.Key = fmt.Sprintf("order/%s/protection/%s", o.ID, end)
			out = append(out, ch)
			continue
		}
		reached := 0
		for _, m := range milestones() {
			if daysSince(o.WaitsSince(), now) >= m {
				reached = m
			}
		}
		// What was overdue when the order became known is no news.
		if reached == 0 || daysSince(o.WaitsSince(), o.FirstSeen) >= reached {
			continue
		}
		ch.Key = fmt.Sprintf("order/%s/%s/%d", o.ID, state, reached)
		out = append(out, ch)
	}
	return out
}
