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
	// Parcels and Orders are those of Tracking.
	Parcels(ctx context.Context) ([]parcel.Parcel, error)
	Orders(ctx context.Context) ([]parcel.Order, error)
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
