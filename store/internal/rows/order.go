package rows

import (
	"context"
	"encoding/json"

	"parcelwatch/parcel"
)

// Orders returns all orders ordered by first seen.
func (db *Household) Orders(ctx context.Context) ([]parcel.Order, error) {
	return query(ctx, db.to("list orders"), scanOrder, `SELECT id, doc FROM shop_order WHERE home = $1 ORDER BY first_seen, id`)
}

// Order returns an order with the parcels that carry it, the first seen first, or
// [parcel.ErrNotFound].
func (db *Household) Order(ctx context.Context, id string) (o parcel.Order, carriers []parcel.Parcel, err error) {
	err = db.read(ctx, "find order", func(tx homeTx) error {
		o, err = scanOrder(tx.QueryRowContext(ctx, `SELECT id, doc FROM shop_order WHERE home = $2 AND id = $1`, id, tx.home))
		if err != nil {
			return err
		}
		carriers, err = list(ctx, tx, scanParcel,
			`SELECT p.id, p.doc FROM parcel_order o JOIN parcel p ON p.home = o.home AND p.id = o.parcel_id
			 WHERE o.home = $2 AND o.order_id = $1 ORDER BY p.first_seen, p.id`, id, tx.home)
		return err
	})
	return o, carriers, err
}

// FollowedOrders returns the orders that no parcel carries: the open ones, and those
// with one of the ids, ordered by first seen.
func (db *Household) FollowedOrders(ctx context.Context, ids []string) ([]parcel.Order, error) {
	wanted, err := json.Marshal(append([]string{}, ids...))
	if err != nil {
		return nil, err
	}
	return query(ctx, db.to("list followed orders"), scanOrder,
		`SELECT id, doc FROM shop_order o
		 WHERE home = $2 AND (NOT closed OR id IN (SELECT value FROM `+db.db.Dialect().Texts+` AS wanted))
		   AND NOT EXISTS (SELECT 1 FROM parcel_order p WHERE p.home = $2 AND p.order_id = o.id)
		 ORDER BY first_seen, id`, string(wanted))
}

func scanOrder(s Scanner) (parcel.Order, error) {
	_, o, err := document[string, parcel.Order](s, "order")
	return o, err
}

func saveOrder(ctx context.Context, tx homeTx, o *parcel.Order, doc []byte) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO shop_order (id, doc, closed, first_seen, home) VALUES ($1, $2, $3, $4, $5)
		 ON CONFLICT (home, id) DO UPDATE SET doc = excluded.doc, closed = excluded.closed, first_seen = excluded.first_seen`,
		o.ID, string(doc), o.Closed, o.FirstSeen.UnixMilli(), tx.home)
	return wrap(err, "save order %s", o.ID)
}
