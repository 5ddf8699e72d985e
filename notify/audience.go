package notify

import (
	"cmp"
	"slices"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// Audience is one [[digest]]: recipients, schedule, language and filters.
type Audience struct {
	Name      string
	To        []string
	Mailboxes []string // only parcels of these mailboxes; empty for all
	Language  string
	Zone      *time.Location
	Schedule  Schedule
	Quiet     QuietHours
	Urgent    []parcel.Status // statuses announced at once
	Always    bool            // send a digest even without news
	Calendar  bool            // attach the last days of pickup as a calendar
	Weekly    bool            // send a sign of life after a week without mail

	Titles map[string]string // of the carriers that the user has defined, by name
}

// printer returns what renders texts for the audience.
func (a Audience) printer() (*locale.Printer, error) {
	p, err := locale.New(a.Language)
	if err != nil {
		return nil, err
	}
	return p.Titled(a.Titles), nil
}

// cares reports whether what mail of the mailboxes has named is for the audience. What
// comes from no mailbox, or from none that is still configured, is for every audience.
func (in Input) cares(boxes parcel.Mailboxes) bool {
	orphaned := len(boxes) == 0 || len(in.Mailboxes) > 0 && !boxes.Any(in.Mailboxes)
	return orphaned || len(in.Audience.Mailboxes) == 0 || boxes.Any(in.Audience.Mailboxes)
}

// loud returns the changes that are news for the audience about something that mail of
// the mailboxes has named. What is new to the readers of one mailbox is no news for an
// audience that knew it before.
func (in Input) loud(changes []parcel.Change, boxes parcel.Mailboxes) []parcel.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(ch parcel.Change) bool {
		return ch.Quiet || ch.Mailbox != "" && (!in.cares(parcel.Mailboxes{ch.Mailbox}) || in.cares(boxes.Before(ch.Mailbox)))
	})
}

func (a Audience) zone() *time.Location { return cmp.Or(a.Zone, time.UTC) }

// Protection is the estimated duration of the shop's buyer protection.
type Protection struct {
	Days   int // from the day of sending; 0 disables it
	Remind int // days before the end at which a reminder is sent
}

// left returns the last day of protection and the days left. ok is false if p has no
// protection.
func (g Protection) left(p parcel.Parcel, zone *time.Location, now time.Time) (end parcel.Date, days int, ok bool) {
	start := p.ProtectedFrom()
	if g.Days <= 0 || start.IsZero() || p.Status.Final() || p.Closed {
		return "", 0, false
	}
	end = parcel.DateOf(start.In(zone).AddDate(0, 0, g.Days))
	return end, daysUntil(end, zone, now), true
}

// reminded returns between which times the protection of a parcel began that ends within
// the days of a reminder, and a day more on either side for the zone.
func (g Protection) reminded(now time.Time) (from, to time.Time) {
	return now.AddDate(0, 0, -g.Days-2), now.AddDate(0, 0, g.Remind-g.Days+2)
}

// protectedUntil returns the end of a parcel's protection, if it is near.
func (c *composer) protectedUntil(p *parcel.Parcel) (end parcel.Date, near bool) {
	end, left, ok := c.Protection.left(*p, c.zone, c.now)
	if !ok || left < 0 || left > c.Protection.Remind {
		return "", false
	}
	return end, true
}

// leftOf is left for an order that no parcel carries. Its protection begins when the
// shop reports it sent.
func (g Protection) leftOf(o *parcel.Order, zone *time.Location, now time.Time) (end parcel.Date, days int, ok bool) {
	return g.left(parcel.Parcel{Shipped: o.Shipped, AddedByUser: true, Closed: o.Closed}, zone, now)
}

// daysUntil counts the midnights between now and the day d.
func daysUntil(d parcel.Date, zone *time.Location, now time.Time) int {
	// Both days are taken at midnight UTC, so that a clock change does not alter the number.
	return int(d.Time(time.UTC).Sub(parcel.DateOf(now.In(zone)).Time(time.UTC)) / day)
}

// daysSince counts whole days from t to now; it is never negative.
func daysSince(t, now time.Time) int {
	if t.IsZero() || now.Before(t) {
		return 0
	}
	return int(now.Sub(t) / day)
}

const day = 24 * time.Hour
