package store

import (
	"context"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Tracking holds parcels and orders.
type Tracking interface {
	// Apply loads what the scope names, lets decide change it, and stores the
	// outcome, its changes and, where the scope names a mail, the checkpoint of
	// the mail's folder.
	//
	// By number it loads only parcels that are not final for more than half a
	// year at scope.Now; by order and by id, all. Where the scope's mail was
	// imported before, decide is not called and only the checkpoint moves. A new
	// parcel clears the tombstones of its numbers. decide may be called again
	// with fresh values and must be pure; its error is returned as it is.
	// parcel.ErrNotFound means that decide added a parcel with an id that was not
	// loaded.
	Apply(ctx context.Context, scope Scope, decide func(*State) error) error
	// Due lists parcels whose next check is not after now, longest due first.
	// Those for which skip, which may be nil, returns true are left out, do not
	// count towards the limit, and are not read.
	Due(ctx context.Context, now time.Time, limit int, skip func(id int64) bool) ([]parcel.Parcel, error)
	// NextDue is the earliest next check of all parcels; zero when none is set.
	NextDue(ctx context.Context) (time.Time, error)
	// Parcels lists parcels by first seen; closed and final ones only with all.
	Parcels(ctx context.Context, all bool) ([]parcel.Parcel, error)
	// ParcelByNumber finds a parcel by any of its numbers, the latest first seen
	// where there are several, or returns parcel.ErrNotFound.
	ParcelByNumber(ctx context.Context, n number.Number) (parcel.Parcel, error)
	// Orders lists orders by first seen; closed ones only with all.
	Orders(ctx context.Context, all bool) ([]parcel.Order, error)
	// Journeys lists the finished gaps between export and import in the order in
	// which they ended.
	Journeys(ctx context.Context) ([]Journey, error)
	// Forget deletes a parcel with its changes, its numbers and the orders that
	// no other parcel carries. Numbers and orders get a tombstone, so that later
	// mail does not bring them back; with purge they get none, and lose an old
	// one. It returns parcel.ErrNotFound where there is no such parcel.
	Forget(ctx context.Context, id int64, purge bool) error
}

// Journey is one finished gap between export and import.
type Journey struct {
	Origin, Destination string
	Exported, Imported  time.Time
}
