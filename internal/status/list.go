package status

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

// Parcels is the read access to parcels and orders.
type Parcels interface {
	Parcels(ctx context.Context, all bool) ([]parcel.Parcel, error)
	Orders(ctx context.Context, all bool) ([]parcel.Order, error)
}

// List returns the rows of all parcels, then of all orders without a parcel. Unless all
// is set, closed and final ones are left out.
func List(ctx context.Context, from Parcels, all bool, now time.Time) ([]Row, error) {
	parcels, err := from.Parcels(ctx, true)
	if err != nil {
		return nil, err
	}
	orders, err := from.Orders(ctx, all)
	if err != nil {
		return nil, err
	}
	rows, carried := []Row{}, map[string]bool{}
	for _, p := range parcels {
		if row := ParcelRow(p, now); all || !row.Done {
			rows = append(rows, row)
		}
		for _, o := range p.Orders {
			carried[o] = true // by a final parcel too: nothing is missing for the order
		}
	}
	for _, o := range orders {
		if !carried[o.ID] {
			rows = append(rows, OrderRow(o))
		}
	}
	return rows, nil
}

// Export holds all parcels and orders.
type Export struct {
	Schema  int            `json:"schema"`
	Parcels []Parcel       `json:"parcels"`
	Orders  []parcel.Order `json:"orders"`
}

// Everything returns all parcels and orders for an export.
func Everything(ctx context.Context, from Parcels, now time.Time) (Export, error) {
	parcels, err := from.Parcels(ctx, true)
	if err != nil {
		return Export{}, err
	}
	orders, err := from.Orders(ctx, true)
	if err != nil {
		return Export{}, err
	}
	d := Export{Schema: Schema, Parcels: []Parcel{}, Orders: some(orders)}
	for _, p := range parcels {
		d.Parcels = append(d.Parcels, Document(p, "", Answers(p), now))
	}
	return d, nil
}
