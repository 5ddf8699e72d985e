package postgres

import (
	"context"
	"fmt"

	"parcelwatch/store/internal/rows"
)

func dialect() *rows.Dialect {
	return &rows.Dialect{
		IDs:      `(SELECT i AS key, v::bigint AS value FROM json_array_elements_text($1::text::json) WITH ORDINALITY AS t (v, i))`,
		Texts:    `(SELECT i AS key, v AS value FROM json_array_elements_text($1::text::json) WITH ORDINALITY AS t (v, i))`,
		Fence:    `OFFSET 0`,
		OfParcel: `parcel_id = $1 AND home = $2`,
		Storable: storableText,
		Last: func(t rows.Table) string {
			return fmt.Sprintf(`SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM %s_%s_seq`, t.Name, t.Serial)
		},
		Continue: numberOn,
		// Whoever waits for the row of the household finds it gone and looks again.
		Leave: []string{
			`INSERT INTO home_lock (home) VALUES ($1) ON CONFLICT DO NOTHING`,
			`DELETE FROM home_lock WHERE home = $1`,
			`DELETE FROM claim WHERE home = $1`,
		},
		// A NUL in an outline cannot be read as JSON.
		Asked: `SELECT source ->> 'carrier', count(DISTINCT p.id)
		FROM (SELECT id, replace(outline, '\u0000', '\ufffd')::json -> 'sources' AS sources FROM parcel WHERE home = $3 AND active AND id % $2 = 0) AS p,
		LATERAL json_array_elements(CASE json_typeof(p.sources) WHEN 'array' THEN p.sources ELSE '[]' END) AS source
		WHERE (source ->> 'asked')::timestamptz >= to_timestamp($1::double precision) GROUP BY 1`,
	}
}

// numberOn is not undone by a rollback, which leaves numbers unused.
func numberOn(ctx context.Context, tx rows.Tx, t rows.Table, last int64) error {
	_, err := tx.ExecContext(ctx, `SELECT setval($1::text::regclass, $2)`, fmt.Sprintf("%s_%s_seq", t.Name, t.Serial), last)
	return err
}
