package tracker

import (
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Limits of what mail without a proof of its sender may create, of numbers and of
// orders each. Anybody can send such mail.
const (
	unprovenPerMail = 5
	unprovenPerDay  = 50 // of one mailbox
	// unprovenEvents and unprovenOrders bound what such mail may add to one parcel.
	unprovenEvents = 50
	unprovenOrders = 20
)

// quota is what a mail may still create.
type quota struct {
	unlimited bool
	numbers   int
	orders    int
	used      store.Tally // by this mail
}

// quotaOf returns the quota of a mail, given the tally of its day.
func quotaOf(v parcel.Verdict, day store.Tally) quota {
	left := func(used int) int { return max(0, min(unprovenPerMail, unprovenPerDay-used)) }
	return quota{unlimited: v.Proven(), numbers: left(day.Parcels), orders: left(day.Orders)}
}

// quotaDays returns the days of which one counts a mail: the day it is read, and the
// day it was sent for the first scan, which reads the mail of two months at once.
func quotaDays(n parcel.Notice, zone *time.Location, now time.Time) (read, sent parcel.Date) {
	if zone == nil {
		zone = time.UTC
	}
	return parcel.DateOf(now.In(zone)), parcel.DateOf(sentAt(n, now).In(zone))
}

// number reports whether the mail may add one more number.
func (q *quota) number() bool { return q.take(&q.numbers, &q.used.Parcels) }

// order reports whether the mail may add one more order.
func (q *quota) order() bool { return q.take(&q.orders, &q.used.Orders) }

func (q *quota) take(left, used *int) bool {
	switch {
	case q.unlimited:
		return true
	case *left == 0:
		q.used.Refused++
		return false
	default:
		*left--
		*used++
		return true
	}
}

// add returns the tally after the mail.
func (q *quota) add(t store.Tally) store.Tally {
	return store.Tally{Parcels: t.Parcels + q.used.Parcels, Orders: t.Orders + q.used.Orders, Refused: t.Refused + q.used.Refused}
}

// addOrders adds the mail's orders to the parcel. Unproven mail adds only orders that
// were accepted, and few.
func (in *intake) addOrders(p *parcel.Parcel, orders []string) {
	for _, id := range orders {
		known := slices.ContainsFunc(in.State.Orders, func(o *parcel.Order) bool { return o.ID == id })
		if slices.Contains(p.Orders, id) || in.Forgotten[id] || !in.quota.unlimited && (!known || len(p.Orders) >= unprovenOrders) {
			continue
		}
		p.Orders = append(p.Orders, id)
	}
}
