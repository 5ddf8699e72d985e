package sqlite

import (
	"context"

	"parcelwatch/parcel"
)

// Ended calls parcels for each parcel that is closed or final, and orders for each closed
// order that no parcel carries.
func (db *household) Ended(ctx context.Context, parcels func(*parcel.Parcel), orders func(*parcel.Order)) error {
	return db.read(ctx, "read what has ended", func(tx homeTx) error {
		err := each(ctx, tx, scanParcel, func(p parcel.Parcel) { parcels(&p) },
			`SELECT id, doc FROM parcel WHERE home = $1 AND NOT active`, tx.home)
		if err != nil {
			return err
		}
		return each(ctx, tx, scanOrder, func(o parcel.Order) { orders(&o) },
			`SELECT id, doc FROM shop_order o WHERE home = $1 AND closed
			 AND NOT EXISTS (SELECT 1 FROM parcel_order p WHERE p.home = $1 AND p.order_id = o.id)`, tx.home)
	})
}
