package store

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

// DigestSource provides the contents of a digest.
type DigestSource interface { //nolint:interfacebloat // lists of parcels as wholes, outlines and pages
	// Outlines returns the parcels that are neither closed nor final, and those with one
	// of the ids, ordered by first seen. Their items, orders, sources, unions and doubtful
	// numbers are left out.
	Outlines(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	// ParcelsByID is that of Listing.
	ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	// Remindable returns the outlines of parcels that are neither closed nor final and
	// wait to be picked up, or whose protection began between from and to.
	Remindable(ctx context.Context, from, to time.Time) ([]parcel.Parcel, error)
	// FollowedParcels returns the parcels that are neither closed nor final, and those
	// with one of the ids, ordered by first seen.
	FollowedParcels(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	// FollowedPage returns a page of the parcels that are neither closed nor final,
	// ordered by first seen.
	FollowedPage(ctx context.Context, page Page) ([]parcel.Parcel, error)
	// FollowedOrders returns the orders that no parcel carries: the open ones, and those
	// with one of the ids, ordered by first seen.
	FollowedOrders(ctx context.Context, ids []string) ([]parcel.Order, error)
	// Ended calls parcels for each parcel that is closed or final, and orders for each
	// closed order that no parcel carries, in no order and on one snapshot. It keeps one of
	// them in memory at a time.
	Ended(ctx context.Context, parcels func(*parcel.Parcel), orders func(*parcel.Order)) error
	// Health returns the last recorded state of mailboxes, carriers and outbox.
	Health(ctx context.Context) (parcel.Health, error)
	// Changes returns the changes of a parcel, including quiet ones, oldest first.
	// With id 0 it returns those without a parcel, such as alarms.
	Changes(ctx context.Context, id int64) ([]parcel.Change, error)
	// Tell records changes that neither a mail nor a carrier caused, such as an
	// alarm. A change is skipped if the same parcel already has one with its Key;
	// one without a Key is an error.
	Tell(ctx context.Context, changes []parcel.Change) error
}

// Page selects a part of a list.
type Page struct {
	After int // how many to leave out
	Size  int // how many at most; 0 for all
}
