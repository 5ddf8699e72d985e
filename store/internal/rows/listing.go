package rows

import (
	"context"
	"encoding/json"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// EachParcel calls visit for the parcels of a standing until it returns false.
func (db *Household) EachParcel(ctx context.Context, s store.Standing, visit func(parcel.Parcel) bool) error {
	query := `SELECT id, doc FROM parcel WHERE home = $1 AND active ORDER BY first_seen, id`
	switch s {
	case store.Delivered:
		query = `SELECT id, doc FROM parcel WHERE home = $1 AND NOT active AND status = 'delivered' ORDER BY final_at DESC NULLS LAST, id DESC`
	case store.Archived:
		query = `SELECT id, doc FROM parcel WHERE home = $1 AND NOT active AND status <> 'delivered' ORDER BY final_at DESC NULLS LAST, id DESC`
	case store.Open:
	}
	return db.read(ctx, "list parcels", func(tx homeTx) error {
		return some(ctx, tx, func(row Scanner) (bool, error) {
			p, err := scanParcel(row)
			return err == nil && visit(p), err
		}, query, tx.home)
	})
}

// ParcelsByID returns the parcels with the ids in their order.
func (db *Household) ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	wanted, err := json.Marshal(append([]int64{}, ids...))
	if err != nil {
		return nil, err
	}
	return query(ctx, db.to("list parcels"), scanParcel,
		`SELECT p.id, p.doc FROM `+db.db.Dialect().IDs+` AS wanted JOIN parcel p ON p.home = $2 AND p.id = wanted.value ORDER BY wanted.key`, string(wanted))
}

// RecentChanges returns the newest changes that are not quiet.
func (db *Household) RecentChanges(ctx context.Context, limit int) ([]parcel.Change, error) {
	return query(ctx, db.to("list recent changes"), scanChange,
		`SELECT id, doc, parcel_id FROM change WHERE home = $2 AND NOT quiet ORDER BY at DESC, id DESC LIMIT $1`, limit)
}
