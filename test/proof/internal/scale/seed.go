//go:build linux

package scale

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/postgres"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// seed gives every household the parcels from one place to another of its list; the first
// ones are on their way. The household of the configuration gets them through the store's
// own code, the others copies of its rows. Those on their way get numbers of their own, because
// one answer serves all households that follow a number. Nothing is due for a day.
func (w *world) seed(ctx context.Context, from, to int) error {
	before, err := w.count(ctx, `SELECT coalesce(max(id), 0) FROM parcel`)
	if err != nil {
		return err
	}
	if err := w.template(ctx, from, to); err != nil {
		return err
	}
	tx, err := w.db.Begin(ctx)
	if err != nil {
		return fmt.Errorf("copy parcels: %w", err)
	}
	defer tx.Rollback(ctx) //nolint:errcheck // after a commit it does nothing, and before it the first error counts
	names, err := w.rename(ctx, tx)
	// A copy's id is the original's and a distance that no original has.
	step := to - from
	for _, query := range []string{
		`INSERT INTO parcel (home, id, doc, status, active, first_seen, next_check, final_at, origin, destination, exported, imported, unverified, outline, protected_from)
		 SELECT h, p.id + n * $3, coalesce(replace(doc, r.number, r.instead), doc), status, active, first_seen, next_check, final_at, origin, destination, exported, imported,
		   unverified, coalesce(replace(outline, r.number, r.instead), outline), protected_from
		 FROM unnest($1::text[]) WITH ORDINALITY AS t (h, n) CROSS JOIN (parcel p JOIN number USING (home)) LEFT JOIN rename r ON r.home = h AND r.number = number.number
		 WHERE p.home = 'home' AND p.id > $2 AND number.parcel_id = p.id ORDER BY n, p.id`,
		`INSERT INTO number (home, number, parcel_id) SELECT h, coalesce(r.instead, number.number), parcel_id + n * $3
		 FROM unnest($1::text[]) WITH ORDINALITY AS t (h, n) CROSS JOIN number LEFT JOIN rename r ON r.home = h AND r.number = number.number
		 WHERE number.home = 'home' AND parcel_id > $2 ORDER BY n, parcel_id`,
		`INSERT INTO parcel_order (home, order_id, parcel_id) SELECT h, order_id, parcel_id + n * $3
		 FROM unnest($1::text[]) WITH ORDINALITY AS t (h, n), parcel_order WHERE home = 'home' AND parcel_id > $2 ORDER BY n, order_id`,
	} {
		if err == nil {
			_, err = tx.Exec(ctx, query, names, before, step)
		}
	}
	if err == nil {
		_, err = tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence('parcel', 'id'), (SELECT max(id) FROM parcel))`)
	}
	if err == nil {
		err = tx.Commit(ctx)
	}
	// What the server would do later by itself, in the middle of a measurement.
	for _, query := range []string{`VACUUM (ANALYZE)`, `CHECKPOINT`} {
		if err == nil {
			_, err = w.db.Exec(ctx, query)
		}
	}
	if err != nil {
		return fmt.Errorf("copy parcels: %w", err)
	}
	return nil
}

// rename makes a table of the numbers that parcels on their way get instead of the
// template's, and returns the households that have copies.
func (w *world) rename(ctx context.Context, tx pgx.Tx) (names []string, err error) {
	for _, query := range []string{
		`SET LOCAL session_replication_role = replica`, // the rows that are referred to are copied too
		`CREATE TEMPORARY TABLE rename (home TEXT, number TEXT, instead TEXT, PRIMARY KEY (home, number)) ON COMMIT DROP`,
	} {
		if _, err := tx.Exec(ctx, query); err != nil {
			return nil, err
		}
	}
	var all [][]any
	for n := 1; n < w.size.households; n++ {
		names = append(names, home(n))
		for i := range w.size.active {
			all = append(all, []any{home(n), rig.Number(i, "CN"), rig.Number(w.size.parcels+n*w.size.active+i, "CN")})
		}
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"rename"}, []string{"home", "number", "instead"}, pgx.CopyFromRows(all))
	return names, err
}

// template puts the parcels of one household into the store.
func (w *world) template(ctx context.Context, from, to int) error {
	db, err := postgres.Open(ctx, w.url(w.addresses()), nil, store.Options{})
	if err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	now := time.Now()
	err = db.Apply(ctx, store.Scope{Now: now}, func(s *store.State) error {
		s.Parcels = nil // decide may be called again
		for i := from; i < to; i++ {
			p := lab.Travelled(i, now)
			if p.NextCheck = now.Add(24 * time.Hour); i >= w.size.active {
				arrive(p, now)
			}
			s.Parcels = append(s.Parcels, p)
		}
		return nil
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	return nil
}

// arrive delivers a parcel.
func arrive(p *parcel.Parcel, now time.Time) {
	s := &p.Sources[0]
	s.Events = append(s.Events, parcel.Event{
		Time: p.FirstSeen.AddDate(0, 0, 15), ZoneKnown: true, Status: parcel.Delivered, Country: "RU", Place: "Moscow",
		Text: "Delivered", Code: "GTMS_SIGNED", Sources: []string{s.Carrier},
	})
	p.NextCheck = time.Time{}
	p.Settle("RU", now)
}

// due makes parcels due that were not visited yet, those of all households evenly.
func (w *world) due(ctx context.Context, parcels int) error {
	rows, err := w.db.Query(ctx,
		`UPDATE parcel SET next_check = $1 WHERE (home, id) IN (
		   SELECT home, id FROM (SELECT home, id, row_number() OVER (PARTITION BY home ORDER BY md5(home || id)) AS place FROM parcel WHERE active AND id <> ALL ($3)) AS p
		   ORDER BY place, home LIMIT $2)
		 RETURNING id`, time.Now().UnixMilli(), parcels, w.visited)
	if err != nil {
		return fmt.Errorf("make parcels due: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("make parcels due: %w", err)
	}
	w.visited = append(w.visited, ids...)
	return nil
}
