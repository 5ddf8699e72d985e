package status

import (
	"context"
	"slices"
	"time"

	"parcelwatch/parcel"
)

// Parcels is the read access to parcels and orders.
type Parcels interface {
	Parcels(ctx context.Context) ([]parcel.Parcel, error)
	Orders(ctx context.Context) ([]parcel.Order, error)
	FollowedParcels(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	followedOrders
}

type followedOrders interface {
	FollowedOrders(ctx context.Context, ids []string) ([]parcel.Order, error)
}

// List returns the rows of the followed parcels, then of the open orders without a
// parcel; with all, also of closed, final and abandoned ones.
func List(ctx context.Context, from Parcels, all bool, now time.Time) ([]Row, error) {
	if all {
		return listAll(ctx, from, now)
	}
	parcels, err := from.FollowedParcels(ctx, nil)
	if err != nil {
		return nil, err
	}
	orders, err := openOrders(ctx, from, now)
	if err != nil {
		return nil, err
	}
	return rows(parcels, orders, now), nil
}

func listAll(ctx context.Context, from Parcels, now time.Time) ([]Row, error) {
	parcels, err := from.Parcels(ctx)
	if err != nil {
		return nil, err
	}
	orders, err := from.Orders(ctx)
	if err != nil {
		return nil, err
	}
	carried := map[string]bool{}
	for _, p := range parcels {
		for _, o := range p.Orders {
			carried[o] = true
		}
	}
	orders = slices.DeleteFunc(orders, func(o parcel.Order) bool { return carried[o.ID] })
	return rows(parcels, orders, now), nil
}

// openOrders returns the orders without a parcel of which news is expected.
func openOrders(ctx context.Context, from followedOrders, now time.Time) ([]parcel.Order, error) {
	orders, err := from.FollowedOrders(ctx, nil)
	return slices.DeleteFunc(orders, func(o parcel.Order) bool { return o.State(now) == parcel.OrderAbandoned }), err
}

func rows(parcels []parcel.Parcel, orders []parcel.Order, now time.Time) []Row {
	out := make([]Row, 0, len(parcels)+len(orders))
	for _, p := range parcels {
		out = append(out, ParcelRow(p, now))
	}
	for _, o := range orders {
		out = append(out, OrderRow(o, now))
	}
	return out
}

// Export holds all parcels and orders.
type Export struct {
	Schema  int      `json:"schema"`
	Parcels []Parcel `json:"parcels"`
	Orders  []Order  `json:"orders"`
}

// Order is an order as the JSON of export.
type Order struct {
	parcel.Order

	Mailbox string `json:"mailbox,omitempty"` // the first of its mailboxes
}

// Everything returns all parcels and orders for an export.
func Everything(ctx context.Context, from Parcels, now time.Time) (Export, error) {
	parcels, err := from.Parcels(ctx)
	if err != nil {
		return Export{}, err
	}
	orders, err := from.Orders(ctx)
	if err != nil {
		return Export{}, err
	}
	d := Export{Schema: Schema, Parcels: []Parcel{}, Orders: []Order{}}
	for _, o := range orders {
		one := Order{Order: o}
		if len(o.Mailboxes) > 0 {
			one.Mailbox = o.Mailboxes[0]
		}
		d.Orders = append(d.Orders, one)
	}
	for _, p := range parcels {
		d.Parcels = append(d.Parcels, Document(p, "", Answers(p), now))
	}
	return d, nil
}
