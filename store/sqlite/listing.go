package sqlite

import (
	"context"
	"encoding/json"
	"errors"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// EachParcel calls visit for the parcels of a standing until it returns false.
func (db *household) EachParcel(ctx context.Context, s store.Standing, visit func(parcel.Parcel) bool) error {
	query := `SELECT id, doc FROM parcel WHERE home = $1 AND active ORDER BY first_seen, id`
	switch s {
	case store.Delivered:
		query = `SELECT id, doc FROM parcel WHERE home = $1 AND NOT active AND status = 'delivered' ORDER BY final_at DESC, id DESC`
	case store.Archived:
		query = `SELECT id, doc FROM parcel WHERE home = $1 AND NOT active AND status <> 'delivered' ORDER BY final_at DESC, id DESC`
	case store.Open:
	}
	err := db.read(ctx, "list parcels", func(tx homeTx) error {
		return each(ctx, tx, func(row scanner) error {
			p, err := scanParcel(row)
			if err == nil && !visit(p) {
				err = errEnough
			}
			return err
		}, query, tx.home)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// errEnough ends a list before its last row.
var errEnough = errors.New("enough rows")

// ParcelsByID returns the parcels with the ids in their order.
func (db *household) ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	wanted, err := json.Marshal(append([]int64{}, ids...))
	if err != nil {
		return nil, err
	}
	return query(ctx, db.to("list parcels"), scanParcel,
		`SELECT p.id, p.doc FROM json_each($1) AS wanted JOIN parcel p ON p.id = wanted.value WHERE p.home = $2 ORDER BY wanted.key`, string(wanted))
}

// RecentChanges returns the newest changes that are not quiet.
func (db *household) RecentChanges(ctx context.Context, limit int) ([]parcel.Change, error) {
	return query(ctx, db.to("list recent changes"), scanChange,
		`SELECT id, doc, parcel_id FROM change WHERE home = $2 AND NOT quiet ORDER BY at DESC, id DESC LIMIT $1`, limit)
}
