package store

import (
	"context"

	"parcelwatch/parcel"
)

// DigestSource is what a digest is composed from.
type DigestSource interface {
	// Parcels lists parcels by first seen; closed and final ones only with all.
	Parcels(ctx context.Context, all bool) ([]parcel.Parcel, error)
	// Orders lists orders by first seen; closed ones only with all.
	Orders(ctx context.Context, all bool) ([]parcel.Order, error)
	// Health is what works and what is broken since when, as last recorded.
	Health(ctx context.Context) (parcel.Health, error)
	// Changes lists the changes of a parcel, quiet ones too, oldest first. With
	// id 0 it lists those of no parcel, such as alarms.
	Changes(ctx context.Context, id int64) ([]parcel.Change, error)
	// Tell records changes that neither a mail nor a carrier caused, such as an
	// alarm. A change whose Key was recorded before of the same
	// parcel is left out; one without a Key is an error.
	Tell(ctx context.Context, changes []parcel.Change) error
}
