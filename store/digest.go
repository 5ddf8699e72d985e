package store

import (
	"context"

	"parcelwatch/parcel"
)

// DigestSource provides the contents of a digest.
type DigestSource interface {
	// FollowedParcels returns the parcels that are neither closed nor final, and those
	// with one of the ids, ordered by first seen.
	FollowedParcels(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
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
