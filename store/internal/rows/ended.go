package rows

import (
	"context"

	"parcelwatch/parcel"
)

// Ended calls parcels for the outline of each parcel that is closed or final, and orders
// for each closed order that no parcel carries.
func (db *Household) Ended(ctx context.Context, parcels func(*parcel.Parcel), orders func(*parcel.Order)) error {
	return db.read(ctx, "read what has ended", func(tx homeTx) error {
		err := tx.Each(ctx, visiting(scanParcel, parcels), `SELECT id, outline FROM parcel WHERE home = $1 AND NOT active`, tx.home)
		if err != nil {
			return err
		}
		return tx.Each(ctx, visiting(scanOrder, orders),
			`SELECT id, doc FROM shop_order o WHERE home = $1 AND closed
			 AND NOT EXISTS (SELECT 1 FROM parcel_order p WHERE p.home = $1 AND p.order_id = o.id)`, tx.home)
	})
}

// visiting passes each row to visit.
func visiting[T any](scan func(Scanner) (T, error), visit func(*T)) func(Scanner) error {
	return func(s Scanner) error {
		v, err := scan(s)
		if err == nil {
			visit(&v)
		}
		return err
	}
}
