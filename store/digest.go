package store

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

// DigestSource provides the contents of a digest.
type DigestSource interface { //nolint:interfacebloat // everything that digests tell
	// Outlines returns the parcels that are neither closed nor final, and those with one
	// of the ids, ordered by first seen. Their items, orders, logistics, unions, doubtful
	// numbers and those that were split off are left out, and of their sources everything
	// but the carrier and when it was asked.
	Outlines(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	// ParcelsByID is that of Listing.
	ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	// Remindable returns the outlines of parcels that are neither closed nor final and
	// wait to be picked up, or whose protection began between from and to.
	Remindable(ctx context.Context, from, to time.Time) ([]parcel.Parcel, error)
	// Asked returns about how many parcels that are neither closed nor final each carrier
	// was asked at or after since. Of a thousand or more it looks at a sample.
	Asked(ctx context.Context, since time.Time) (map[string]int, error)
	// FollowedOrders returns the orders that no parcel carries: the open ones, and those
	// with one of the ids, ordered by first seen.
	FollowedOrders(ctx context.Context, ids []string) ([]parcel.Order, error)
	// Ended calls parcels for the outline of each parcel that is closed or final, and orders for each
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
