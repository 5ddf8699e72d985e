package parcel

import (
	"slices"
	"time"

	"parcelwatch/parcel/number"
)

// Trip is the finished way of one parcel from its dispatch to its delivery.
type Trip struct {
	Destination string
	Post        string // family and country of the number under which it began
	Sent        time.Time
	Arrived     time.Time
}

// Trip returns the parcel's way. Sent is zero if it is not known, Arrived unless it was
// delivered.
func (p *Parcel) Trip() Trip {
	t := Trip{Destination: p.Destination, Sent: p.ProtectedFrom()}
	for _, l := range p.Links {
		if l.Number.Rank() > number.RankShop {
			t.Post = string(l.Number.Family()) + " " + l.Number.Country()
			break
		}
	}
	if p.Status == Delivered {
		t.Arrived = p.StatusSince
	}
	return t
}

// leastTrips is how many finished trips of a route make a forecast.
const leastTrips = 5

// Forecast returns the day by which half of the earlier parcels to the same destination with
// the same post had arrived, counted from the parcel's dispatch. It is empty with fewer than
// five of them, and once the day has passed.
func Forecast(p *Parcel, earlier []Trip, zone *time.Location, now time.Time) Date {
	own := p.Trip()
	var days []int
	for _, t := range earlier {
		if t.Destination == own.Destination && t.Post == own.Post && !t.Sent.IsZero() && t.Arrived.After(t.Sent) {
			days = append(days, int((t.Arrived.Sub(t.Sent)+24*time.Hour-1)/(24*time.Hour)))
		}
	}
	if len(days) < leastTrips || own.Post == "" || own.Sent.IsZero() {
		return ""
	}
	slices.Sort(days)
	day := DateOf(own.Sent.In(zone).AddDate(0, 0, days[(len(days)-1)/2]))
	if day < DateOf(now.In(zone)) {
		return ""
	}
	return day
}
