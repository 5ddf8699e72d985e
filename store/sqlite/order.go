package sqlite

import (
	"context"

	"parcelwatch/parcel"
)

// Orders returns orders ordered by first seen; closed ones only if all is set.
func (db *household) Orders(ctx context.Context, all bool) ([]parcel.Order, error) {
	wanted := `SELECT id, doc FROM shop_order WHERE home = $1 AND NOT closed ORDER BY first_seen, id`
	if all {
		wanted = `SELECT id, doc FROM shop_order WHERE home = $1 ORDER BY first_seen, id`
	}
	return query(ctx, db.to("list orders"), scanOrder, wanted)
}

func scanOrder(s scanner) (parcel.Order, error) {
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
