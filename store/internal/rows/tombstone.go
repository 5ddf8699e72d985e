package rows

import (
	"context"
	"fmt"
	"math"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Forget deletes a parcel with its changes, its numbers and the orders that no
// other parcel carries. Numbers and orders get a tombstone; with purge existing
// ones are cleared, and the files of the store are overwritten.
func (db *Household) Forget(ctx context.Context, id int64, purge bool) error {
	return db.forget(ctx, fmt.Sprintf("forget parcel %d", id), purge, func(f *forgetting) error {
		p, err := scanParcel(f.tx.QueryRowContext(ctx, `SELECT id, doc FROM parcel WHERE home = $2 AND id = $1`, id, f.tx.home))
		if err != nil {
			return err
		}
		return f.parcel(ctx, p)
	})
}

// ForgetAll does the same to all parcels of the selection and to its orders without
// a parcel.
func (db *Household) ForgetAll(ctx context.Context, which store.Selection, purge bool) (n int, err error) {
	if which == (store.Selection{}) {
		return 0, store.ErrNothingSelected
	}
	since := int64(math.MinInt64)
	if !which.Since.IsZero() {
		since = which.Since.UnixMilli()
	}
	err = db.forget(ctx, "forget parcels", purge, func(f *forgetting) error {
		parcels, err := list(ctx, f.tx, scanParcel,
			`SELECT id, doc FROM parcel WHERE home = $3 AND first_seen >= $1 AND (unverified OR NOT $2) AND $4 = ''`, since, which.Unverified, f.tx.home, which.Order)
		if err != nil {
			return err
		}
		for _, p := range parcels {
			if err := f.parcel(ctx, p); err != nil {
				return err
			}
		}
		found, err := list(ctx, f.tx, scanOrder,
			`SELECT id, doc FROM shop_order WHERE home = $2 AND first_seen >= $1 AND $3 IN ('', id)`, since, f.tx.home, which.Order)
		if err != nil {
			return err
		}
		var orders []string
		for _, o := range found {
			if o.Unverified || !which.Unverified {
				orders = append(orders, o.ID)
			}
		}
		gone, err := f.forgetOrders(ctx, orders)
		n = len(parcels) + gone
		return err
	})
	return n, err
}

// forgetting is one transaction that forgets parcels and orders.
type forgetting struct {
	tx    homeTx
	now   time.Time
	purge bool
	words map[string]bool // numbers and orders forgotten
	since time.Time       // when the first of them was first seen
}

func (db *Household) forget(ctx context.Context, doing string, purge bool, run func(*forgetting) error) error {
	err := db.write(ctx, doing, func(tx homeTx) error {
		f := &forgetting{tx: tx, now: db.db.Now(), purge: purge, words: map[string]bool{}}
		if err := run(f); err != nil || !purge {
			return err
		}
		return purgeRecords(ctx, tx, f.words, f.since)
	})
	if err != nil || !purge {
		return err
	}
	return db.db.Scrub(ctx)
}

func (f *forgetting) parcel(ctx context.Context, p parcel.Parcel) error {
	f.since = parcel.Earliest(f.since, p.FirstSeen)
	for _, del := range []string{
		`DELETE FROM change WHERE home = $2 AND parcel_id = $1`,
		`DELETE FROM parcel WHERE home = $2 AND id = $1`, // numbers and orders are deleted with it
	} {
		if _, err := f.tx.ExecContext(ctx, del, p.ID, f.tx.home); err != nil {
			return err
		}
	}
	for _, n := range p.Numbers() {
		if err := f.tombstone(ctx, "number", string(n)); err != nil {
			return err
		}
	}
	_, err := f.forgetOrders(ctx, p.Orders)
	return err
}

// forgetOrders forgets the orders that no parcel carries, and returns how many.
func (f *forgetting) forgetOrders(ctx context.Context, orders []string) (gone int, err error) {
	for _, order := range orders {
		shared, err := exists(ctx, f.tx, `SELECT 1 FROM parcel_order WHERE home = $2 AND order_id = $1 LIMIT 1`, order, f.tx.home)
		if err != nil {
			return gone, err
		}
		if shared {
			continue
		}
		seen, err := list(ctx, f.tx, column[int64], `SELECT first_seen FROM shop_order WHERE home = $2 AND id = $1`, order, f.tx.home)
		if err != nil {
			return gone, err
		}
		for _, at := range seen {
			f.since = parcel.Earliest(f.since, time.UnixMilli(at))
		}
		for _, del := range []string{
			`DELETE FROM shop_order WHERE home = $2 AND id = $1`,
			`DELETE FROM change WHERE home = $2 AND parcel_id = 0 AND key >= 'order/' || $1 || '/' AND key < 'order/' || $1 || '0'`,
		} {
			if _, err := f.tx.ExecContext(ctx, del, order, f.tx.home); err != nil {
				return gone, err
			}
		}
		if err := f.tombstone(ctx, "order", order); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

// tombstone sets a tombstone, or clears it for a purge.
func (f *forgetting) tombstone(ctx context.Context, kind, key string) error {
	f.words[key] = true
	if f.purge {
		return clearTombstone(ctx, f.tx, kind, key)
	}
	_, err := f.tx.ExecContext(ctx, `INSERT INTO tombstone (kind, key, at, home) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		kind, key, f.now.UnixMilli(), f.tx.home)
	return wrap(err, "set the tombstone of %s %s", kind, key)
}

func clearTombstone(ctx context.Context, tx homeTx, kind, key string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM tombstone WHERE home = $3 AND kind = $1 AND key = $2`, kind, key, tx.home)
	return wrap(err, "clear the tombstone of %s %s", kind, key)
}
