package parcel_test

import (
	"testing"
	"time"

	"parcelwatch/parcel"
)

func TestOrderState(t *testing.T) {
	t.Parallel()
	now := noon("2026-03-12")
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	for name, c := range map[string]struct {
		order parcel.Order
		want  parcel.OrderState
		since int // days
		late  bool
	}{
		"just placed":                   {parcel.Order{Step: parcel.StepConfirmed, Placed: ago(2), StepAt: ago(2), FirstSeen: ago(2)}, parcel.OrderWaiting, 2, false},
		"placed two weeks ago":          {parcel.Order{Step: parcel.StepConfirmed, Placed: ago(14), StepAt: ago(14), FirstSeen: ago(14)}, parcel.OrderWaiting, 14, true},
		"known from an old mail":        {parcel.Order{Step: parcel.StepReadyToShip, StepAt: ago(30), FirstSeen: now}, parcel.OrderWaiting, 30, true},
		"sent":                          {parcel.Order{Step: parcel.StepShipped, Placed: ago(20), Shipped: ago(3), StepAt: ago(3)}, parcel.OrderUnnumbered, 3, false},
		"sent, then an unknown word":    {parcel.Order{Step: parcel.StepOther, Placed: ago(20), Shipped: ago(15), StepAt: ago(1)}, parcel.OrderUnnumbered, 15, true},
		"on its way by the shop's word": {parcel.Order{Step: parcel.StepInCountry, StepAt: ago(4), FirstSeen: ago(4)}, parcel.OrderUnnumbered, 4, false},
		"with the courier":              {parcel.Order{Step: parcel.StepOutForDelivery, Shipped: ago(20), StepAt: now}, parcel.OrderCourier, 20, false},
		"waits for pickup":              {parcel.Order{Step: parcel.StepReadyForPickup, Shipped: ago(20), StepAt: now}, parcel.OrderPickup, 20, false},
		"delivered":                     {parcel.Order{Step: parcel.StepDelivered, Shipped: ago(20), StepAt: ago(90), Closed: true}, parcel.OrderDelivered, 20, false},
		"closed by the shop":            {parcel.Order{Step: parcel.StepClosed, StepAt: ago(1), FirstSeen: ago(1), Closed: true}, parcel.OrderEnded, 1, false},
		"closed by the user":            {parcel.Order{Step: parcel.StepConfirmed, Placed: ago(1), StepAt: ago(1), Closed: true}, parcel.OrderEnded, 1, false},
		"without news for months":       {parcel.Order{Step: parcel.StepConfirmed, Placed: ago(60), StepAt: ago(60), FirstSeen: ago(60)}, parcel.OrderAbandoned, 60, false},
		"sent long ago, heard of since": {parcel.Order{Step: parcel.StepInCountry, Shipped: ago(70), StepAt: ago(5)}, parcel.OrderUnnumbered, 70, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.order.State(now); got != c.want {
				t.Errorf("state %s, want %s", got, c.want)
			}
			if got := int(now.Sub(c.order.WaitsSince()).Hours() / 24); got != c.since {
				t.Errorf("waits for %d days, want %d", got, c.since)
			}
			if got := c.order.Late(now); got != c.late {
				t.Errorf("late %t", got)
			}
		})
	}
}
