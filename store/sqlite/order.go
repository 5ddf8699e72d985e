package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"parcelwatch/parcel"
)

// Orders returns orders ordered by first seen; closed ones only if all is set.
func (db *household) Orders(ctx context.Context, all bool) (out []parcel.Order, err error) {
	query := `SELECT id, doc FROM shop_order WHERE home = $1 AND NOT closed ORDER BY first_seen, id`
	if all {
		query = `SELECT id, doc FROM shop_order WHERE home = $1 ORDER BY first_seen, id`
	}
	err = db.read(ctx, "list orders", func(tx homeTx) error {
		out, err = list(ctx, tx, scanOrder, query, tx.home)
		return err
	})
	return out, err
}

func scanOrder(s scanner) (parcel.Order, error) {
	var (
		id, doc string
		o       parcel.Order
	)
	if err := s.Scan(&id, &doc); err != nil {
		return o, err
	}
	if err := json.Unmarshal([]byte(doc), &o); err != nil {
		return o, fmt.Errorf("read order %s: %w", id, err)
	}
	return o, nil
}

func saveOrder(ctx context.Context, tx homeTx, o *parcel.Order, doc []byte) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO shop_order (id, doc, closed, first_seen, home) VALUES ($1, $2, $3, $4, $5)
		 ON CONFLICT (home, id) DO UPDATE SET doc = excluded.doc, closed = excluded.closed, first_seen = excluded.first_seen`,
		o.ID, string(doc), o.Closed, o.FirstSeen.UnixMilli(), tx.home)
	if err != nil {
		return fmt.Errorf("save order %s: %w", o.ID, err)
	}
	return nil
}
