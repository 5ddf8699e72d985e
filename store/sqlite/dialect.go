package sqlite

import (
	"context"
	"fmt"

	"parcelwatch/store/internal/rows"
)

// Tables returns the database, to copy the store.
func (db *DB) Tables() rows.Database { return tables{db.core} }

func dialect() *rows.Dialect {
	return &rows.Dialect{
		IDs:   `json_each($1)`,
		Texts: `json_each($1)`,
		// Named by the household as well, the rows would be found by the key that begins
		// with it, which is the longer way.
		OfParcel: `parcel_id = $1 AND $2 = $2`,
		// Such a statement ends before it could be interrupted, and the driver would start a goroutine for each.
		Brief: context.WithoutCancel,
		Last: func(t rows.Table) string {
			return fmt.Sprintf(`SELECT seq FROM sqlite_sequence WHERE name = '%s'`, t.Name)
		},
		Continue: numberOn,
		Asked: `SELECT source.value ->> '$.carrier', count(DISTINCT parcel.id) FROM parcel, json_each(parcel.outline, '$.sources') AS source
		 WHERE home = $3 AND active AND parcel.id % $2 = 0 AND unixepoch(source.value ->> '$.asked', 'subsec') >= $1 GROUP BY 1`,
	}
}

func numberOn(ctx context.Context, tx rows.Tx, t rows.Table, last int64) error {
	n, err := tx.ExecContext(ctx, `UPDATE sqlite_sequence SET seq = $2 WHERE name = $1`, t.Name, last)
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, t.Name, last)
	return err
}
