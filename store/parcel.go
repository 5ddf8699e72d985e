package store

import (
	"context"
	"errors"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Tracking holds parcels and orders.
type Tracking interface { //nolint:interfacebloat // one transaction and the queries beside it
	// Apply loads the parcels and orders of the scope, calls decide to change them,
	// and stores the result, its changes and, if the scope has a mail, the
	// checkpoint of the mail's folder.
	//
	// By number it loads only parcels that have not been final for more than half a
	// year at scope.Now; by order and by id, all. If the scope's mail was imported
	// before, decide is not called and only the checkpoint moves. A new parcel
	// clears the tombstones of its numbers. decide may be called again with fresh
	// values and must be pure; its error is returned unchanged. parcel.ErrNotFound
	// means that decide added a parcel with an id that was not loaded.
	Apply(ctx context.Context, scope Scope, decide func(*State) error) error
	// ApplyAll applies decisions in order in one transaction, up to the first that
	// fails, of which nothing is stored. It returns how many are stored and, if these
	// are not all, why the next one is not. If the transaction fails, none is stored.
	ApplyAll(ctx context.Context, decisions []Decision) (stored int, err error)
	// Due returns parcels whose next check is not after now: those of proven mail and
	// of the user first, then unverified ones, each longest due first.
	// Parcels for which skip returns true are left out, do not count towards the
	// limit, and are not read. skip may be nil.
	Due(ctx context.Context, now time.Time, limit int, skip func(id int64) bool) ([]parcel.Parcel, error)
	// NextDue returns the earliest next check of all parcels, or zero if none is
	// set.
	NextDue(ctx context.Context) (time.Time, error)
	// Parcels returns all parcels ordered by first seen.
	Parcels(ctx context.Context) ([]parcel.Parcel, error)
	// ParcelByNumber returns the parcel with any of its numbers equal to n, the
	// latest first seen if there are several, or parcel.ErrNotFound.
	ParcelByNumber(ctx context.Context, n number.Number) (parcel.Parcel, error)
	// Orders returns all orders ordered by first seen.
	Orders(ctx context.Context) ([]parcel.Order, error)
	// Order returns an order with the parcels that carry it, the first seen first, or
	// parcel.ErrNotFound.
	Order(ctx context.Context, id string) (parcel.Order, []parcel.Parcel, error)
	// Journeys returns the finished gaps between export and import of the MostJourneys
	// parcels that entered their destination most recently, in the order in which they ended.
	Journeys(ctx context.Context) ([]Journey, error)
	// Trips returns the ways of the parcels that entered their destination most recently
	// and were delivered, at most MostTrips of them, without those that only unproven mail names.
	Trips(ctx context.Context) ([]parcel.Trip, error)
	// Forget deletes a parcel with its changes, its numbers and the orders that no
	// other parcel carries. Numbers and orders get a tombstone, so that later mail
	// does not create them again; with purge they get none, existing ones are
	// cleared, and no file of the store contains the numbers and orders afterwards,
	// except in messages that wait to be sent. It returns parcel.ErrNotFound if there
	// is no such parcel.
	Forget(ctx context.Context, id int64, purge bool) error
	// ForgetAll does the same to all parcels of the selection and to its orders
	// without a parcel. It returns how many parcels and orders were deleted.
	ForgetAll(ctx context.Context, which Selection, purge bool) (int, error)
}

// Selection selects parcels and orders. An empty selection is an error.
type Selection struct {
	Unverified bool      // only those named by nothing but unproven mail
	Since      time.Time // only those first seen then or later; zero for all
	Order      string    // only the order with this id, if no parcel carries it; empty for all
}

// ErrNothingSelected is returned for an empty selection.
var ErrNothingSelected = errors.New("nothing is selected")

// MostJourneys is how many parcels are enough to tell how long a route takes.
const MostJourneys = 300

// MostTrips is how many trips are enough for a forecast.
const MostTrips = 200

// Journey is one finished gap between export and import.
type Journey struct {
	Origin, Destination string
	Exported, Imported  time.Time
}
