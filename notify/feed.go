package notify

import (
	"cmp"
	"strings"
	"time"

	"parcelwatch/parcel"
)

// maxFeed limits the parcels of a feed.
const maxFeed = 2000

// Feed returns an iCalendar document with the days of all parcels that the audience
// follows: expected, last day of pickup, end of the buyer protection. It is pure.
func Feed(a Audience, parcels []parcel.Parcel, pr Protection, now time.Time) (string, error) {
	p, err := a.printer()
	if err != nil {
		return "", err
	}
	v := viewer{p: p, zone: a.zone()}
	c := &composer{Input: Input{Audience: a, Protection: pr}, now: now, zone: a.zone()}
	var b strings.Builder
	for i := range parcels[:min(len(parcels), maxFeed)] {
		one := &parcels[i]
		if one.Closed || one.Muted || one.Status.Final() || !c.cares(one.Mailboxes) {
			continue
		}
		it := c.item(one, SectionQuiet, nil)
		end, _, protected := pr.left(*one, c.zone, now)
		if !protected {
			end = ""
		}
		eta := one.ETA
		if it.PickupUntil != "" {
			eta = "" // it has arrived
		}
		for _, day := range []struct {
			kind string
			on   parcel.Date
		}{{occasionExpected, eta}, {occasionPickup, it.PickupUntil}, {occasionProtection, end}} {
			if on := day.on.Time(time.UTC); !on.IsZero() {
				v.event(&b, occasion{kind: day.kind, audience: a.Name, made: cmp.Or(one.Changed, one.FirstSeen), day: on, alarm: day.kind != occasionExpected}, it)
			}
		}
	}
	return calendarOf(b.String()), nil
}
