package notify

import (
	"context"

	"parcelwatch/parcel"
)

// Desk is what a digest is composed from. Every method is one transaction.
type Desk interface {
	// Parcels lists parcels by first seen; closed and final ones only with all.
	Parcels(ctx context.Context, all bool) ([]parcel.Parcel, error)
	// Orders lists orders by first seen; closed ones only with all.
	Orders(ctx context.Context, all bool) ([]parcel.Order, error)
	// Health is what works and what is broken since when, as last recorded.
	Health(ctx context.Context) (parcel.Health, error)
	// Changes lists the changes of a parcel, quiet ones too, oldest first; for 0
	// those of no parcel, among them what broke and what works again.
	Changes(ctx context.Context, id int64) ([]parcel.Change, error)
	// Tell records changes that neither a mail nor a carrier caused, such as a
	// mailbox that broke or protection that ends soon. A change whose Key is
	// recorded already is left out.
	Tell(ctx context.Context, changes []parcel.Change) error
}
