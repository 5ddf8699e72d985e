package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"parcelwatch/parcel"
)

// Forget deletes a parcel with its changes. Its numbers and, where no other
// parcel carries them, its orders go too and are remembered as forgotten; with
// purge that memory is dropped as well.
func (db *DB) Forget(ctx context.Context, id int64, purge bool) error {
	return db.write(ctx, fmt.Sprintf("forget parcel %d", id), func(tx *sql.Tx) error {
		p, err := scanParcel(tx.QueryRowContext(ctx, `SELECT id, doc FROM parcel WHERE id = $1`, id))
		if err != nil {
			return err
		}
		for _, del := range []string{
			`DELETE FROM change WHERE parcel_id = $1`,
			`DELETE FROM parcel WHERE id = $1`, // numbers and orders follow
		} {
			if _, err := tx.ExecContext(ctx, del, id); err != nil {
				return err
			}
		}
		keep := db.remember
		if purge {
			keep = recall
		}
		for _, n := range p.Numbers() {
			if err := keep(ctx, tx, "number", string(n)); err != nil {
				return err
			}
		}
		return forgetOrders(ctx, tx, p, keep)
	})
}

func forgetOrders(ctx context.Context, tx *sql.Tx, p parcel.Parcel, keep func(context.Context, *sql.Tx, string, string) error) error {
	for _, order := range p.Orders {
		shared, err := exists(ctx, tx, `SELECT 1 FROM parcel_order WHERE order_id = $1 LIMIT 1`, order)
		if err != nil {
			return err
		}
		if shared {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM shop_order WHERE id = $1`, order); err != nil {
			return err
		}
		if err := keep(ctx, tx, "order", order); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) remember(ctx context.Context, tx *sql.Tx, kind, key string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO forgotten (kind, key, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		kind, key, db.now().UnixMilli())
	if err != nil {
		return fmt.Errorf("remember forgotten %s %s: %w", kind, key, err)
	}
	return nil
}

// recall drops the memory of something forgotten.
func recall(ctx context.Context, tx *sql.Tx, kind, key string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM forgotten WHERE kind = $1 AND key = $2`, kind, key); err != nil {
		return fmt.Errorf("recall forgotten %s %s: %w", kind, key, err)
	}
	return nil
}
