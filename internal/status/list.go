package status

import (
	"context"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Parcels is the read access to parcels and orders.
type Parcels interface {
	Parcels(ctx context.Context) ([]parcel.Parcel, error)
	Orders(ctx context.Context) ([]parcel.Order, error)
	Following(ctx context.Context) (int, error)
	EachParcel(ctx context.Context, s store.Standing, visit func(parcel.Parcel) bool) error
	FollowedPage(ctx context.Context, page store.Page) ([]parcel.Parcel, error)
	followedOrders
}

type followedOrders interface {
	FollowedOrders(ctx context.Context, ids []string) ([]parcel.Order, error)
}

// PageRows is the number of parcels on a page.
const PageRows = 200

// List returns the rows of the followed parcels, then of the open orders without a
// parcel; with all, also of closed, final and abandoned ones.
func List(ctx context.Context, from Parcels, all bool, now time.Time) ([]Row, error) {
	if all {
		return listAll(ctx, from, now)
	}
	out := []Row{}
	err := from.EachParcel(ctx, store.Open, func(p parcel.Parcel) bool {
		out = append(out, ParcelRow(p, now))
		return true
	})
	if err != nil {
		return nil, err
	}
	orders, err := openOrders(ctx, from, now)
	return append(out, rowsOf(nil, orders, now)...), err
}

// Page returns the rows of a page, counted from 1, and how many pages there are. The
// orders are on the last page, which also stands for every later one.
func Page(ctx context.Context, from Parcels, all bool, page int, now time.Time) (rows []Row, pages int, err error) {
	if all {
		rows, err = listAll(ctx, from, now)
		pages = pagesOf(len(rows))
		after := (min(page, pages) - 1) * PageRows
		return rows[after:min(after+PageRows, len(rows))], pages, err
	}
	n, err := from.Following(ctx)
	if err != nil {
		return nil, 0, err
	}
	pages = pagesOf(n)
	page = min(page, pages)
	parcels, err := from.FollowedPage(ctx, store.Page{After: (page - 1) * PageRows, Size: PageRows})
	if err != nil {
		return nil, 0, err
	}
	var orders []parcel.Order
	if page == pages {
		orders, err = openOrders(ctx, from, now)
	}
	return rowsOf(parcels, orders, now), pages, err
}

// pagesOf returns how many pages n rows take, at least one.
func pagesOf(n int) int { return max(1, (n+PageRows-1)/PageRows) }

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
	return rowsOf(parcels, orders, now), nil
}

// openOrders returns the orders without a parcel of which news is expected.
func openOrders(ctx context.Context, from followedOrders, now time.Time) ([]parcel.Order, error) {
	orders, err := from.FollowedOrders(ctx, nil)
	return slices.DeleteFunc(orders, func(o parcel.Order) bool { return o.State(now) == parcel.OrderAbandoned }), err
}

func rowsOf(parcels []parcel.Parcel, orders []parcel.Order, now time.Time) []Row {
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
