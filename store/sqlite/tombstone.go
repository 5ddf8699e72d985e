package sqlite

import (
	"context"
	"fmt"

	"parcelwatch/parcel"
)

// Forget deletes a parcel with its changes, its numbers and the orders that no
// other parcel carries. Numbers and orders get a tombstone; with purge existing
// ones are cleared, and the files of the store are overwritten.
func (db *household) Forget(ctx context.Context, id int64, purge bool) error {
	err := db.write(ctx, fmt.Sprintf("forget parcel %d", id), func(tx homeTx) error {
		p, err := scanParcel(tx.QueryRowContext(ctx, `SELECT id, doc FROM parcel WHERE home = $2 AND id = $1`, id, tx.home))
		if err != nil {
			return err
		}
		return db.forget(ctx, tx, p, purge)
	})
	if err != nil || !purge {
		return err
	}
	return db.scrub(ctx)
}

func (db *household) forget(ctx context.Context, tx homeTx, p parcel.Parcel, purge bool) error {
	for _, del := range []string{
		`DELETE FROM change WHERE parcel_id = $1`,
		`DELETE FROM parcel WHERE id = $1`, // numbers and orders are deleted with it
	} {
		if _, err := tx.ExecContext(ctx, del, p.ID); err != nil {
			return err
		}
	}
	tombstone := db.setTombstone
	if purge {
		tombstone = clearTombstone
	}
	var words []string
	for _, n := range p.Numbers() {
		words = append(words, string(n))
		if err := tombstone(ctx, tx, "number", string(n)); err != nil {
			return err
		}
	}
	orders, err := unshared(ctx, tx, p.Orders)
	if err != nil {
		return err
	}
	for _, order := range orders {
		if err := forgetOrder(ctx, tx, order, tombstone); err != nil {
			return err
		}
	}
	if !purge {
		return nil
	}
	return purgeRecords(ctx, tx, append(words, orders...), p.FirstSeen)
}

// unshared returns the orders that no parcel carries.
func unshared(ctx context.Context, tx homeTx, orders []string) (out []string, err error) {
	for _, order := range orders {
		shared, err := exists(ctx, tx, `SELECT 1 FROM parcel_order WHERE home = $2 AND order_id = $1 LIMIT 1`, order, tx.home)
		if err != nil {
			return nil, err
		}
		if !shared {
			out = append(out, order)
		}
	}
	return out, nil
}

func forgetOrder(ctx context.Context, tx homeTx, order string, tombstone func(context.Context, homeTx, string, string) error) error {
	for _, del := range []string{
		`DELETE FROM shop_order WHERE home = $2 AND id = $1`,
		`DELETE FROM change WHERE home = $2 AND parcel_id = 0 AND json_extract(doc, '$.order') = $1`,
	} {
		if _, err := tx.ExecContext(ctx, del, order, tx.home); err != nil {
			return err
		}
	}
	return tombstone(ctx, tx, "order", order)
}

func (db *household) setTombstone(ctx context.Context, tx homeTx, kind, key string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO tombstone (kind, key, at, home) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		kind, key, db.now().UnixMilli(), tx.home)
	return wrap(err, "set the tombstone of %s %s", kind, key)
}

func clearTombstone(ctx context.Context, tx homeTx, kind, key string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM tombstone WHERE home = $3 AND kind = $1 AND key = $2`, kind, key, tx.home)
	return wrap(err, "clear the tombstone of %s %s", kind, key)
}
