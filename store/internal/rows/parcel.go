package rows

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// Due returns parcels whose next check is not after now, unverified ones last, each
// longest due first, except those for which skip returns true.
func (db *Household) Due(ctx context.Context, now time.Time, limit int, skip func(id int64) bool) (out []parcel.Parcel, err error) {
	err = db.read(ctx, "list due parcels", func(tx homeTx) error {
		ids, err := dueIDs(ctx, tx, now, limit, skip)
		if err != nil || len(ids) == 0 {
			return err
		}
		wanted, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		out, err = list(ctx, tx, scanParcel,
			`SELECT id, doc FROM parcel WHERE home = $2 AND id IN (SELECT value FROM `+db.db.Dialect().IDs+` AS wanted)
			 ORDER BY unverified, next_check, id`, string(wanted), tx.home)
		return err
	})
	return out, err
}

// dueIDs reads only the index, since most of a backlog is skipped.
func dueIDs(ctx context.Context, tx homeTx, now time.Time, limit int, skip func(id int64) bool) ([]int64, error) {
	ids := []int64{}
	for _, unverified := range []bool{false, true} {
		if len(ids) >= limit {
			break
		}
		err := some(ctx, tx, func(row Scanner) (bool, error) {
			id, err := column[int64](row)
			if err == nil && (skip == nil || !skip(id)) {
				ids = append(ids, id)
			}
			return len(ids) < limit, err
		}, `SELECT id FROM parcel WHERE home = $2 AND unverified = $3 AND next_check <= $1 ORDER BY next_check, id`,
			now.UnixMilli(), tx.home, unverified)
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// NextDue returns the earliest next check of all parcels, or zero if none is set.
func (db *Household) NextDue(ctx context.Context) (time.Time, error) {
	return first(query(ctx, db.to("find next check"), scanMoment, `SELECT min(at) FROM (
		SELECT min(next_check) AS at FROM parcel WHERE home = $1 AND unverified = FALSE AND next_check IS NOT NULL UNION ALL
		SELECT min(next_check) FROM parcel WHERE home = $1 AND unverified = TRUE AND next_check IS NOT NULL) AS soonest`))
}

// Parcels returns all parcels ordered by first seen.
func (db *Household) Parcels(ctx context.Context) ([]parcel.Parcel, error) {
	return query(ctx, db.to("list parcels"), scanParcel, `SELECT id, doc FROM parcel WHERE home = $1 ORDER BY first_seen, id`)
}

// FollowedParcels returns the parcels that are neither closed nor final, and those with
// one of the ids, ordered by first seen.
func (db *Household) FollowedParcels(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	return db.followed(ctx, "doc", ids)
}

// FollowedPage returns a page of the parcels that are neither closed nor final,
// ordered by first seen.
func (db *Household) FollowedPage(ctx context.Context, page store.Page) ([]parcel.Parcel, error) {
	return query(ctx, db.to("list followed parcels"), scanParcel,
		`SELECT p.id, p.doc FROM (SELECT id FROM parcel WHERE home = $3 AND active ORDER BY first_seen, id LIMIT $1 OFFSET $2) AS page
		 JOIN parcel p ON p.home = $3 AND p.id = page.id ORDER BY p.first_seen, p.id`, cmp.Or(page.Size, math.MaxInt), page.After)
}

// Outlines returns the parcels that are neither closed nor final, and those with one of
// the ids, ordered by first seen and without what [Outline] leaves out.
func (db *Household) Outlines(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	return db.followed(ctx, "outline", ids)
}

func (db *Household) followed(ctx context.Context, column string, ids []int64) ([]parcel.Parcel, error) {
	wanted, err := json.Marshal(append([]int64{}, ids...))
	if err != nil {
		return nil, err
	}
	return query(ctx, db.to("list followed parcels"), scanParcel,
		`SELECT id, `+column+` FROM parcel WHERE home = $2 AND id IN
		 (SELECT id FROM parcel WHERE home = $2 AND active UNION SELECT value FROM `+db.db.Dialect().IDs+` AS wanted)
		 ORDER BY first_seen, id`, string(wanted))
}

// Remindable returns the outlines of followed parcels that wait to be picked up, or
// whose protection began between from and to.
func (db *Household) Remindable(ctx context.Context, from, to time.Time) ([]parcel.Parcel, error) {
	return query(ctx, db.to("list parcels to remind of"), scanParcel,
		`SELECT id, outline FROM parcel WHERE home = $3 AND id IN (
		   SELECT id FROM parcel WHERE home = $3 AND active AND status = 'ready_for_pickup' UNION
		   SELECT id FROM parcel WHERE home = $3 AND active AND protected_from BETWEEN $1 AND $2)
		 ORDER BY first_seen, id`, from.UnixMilli(), to.UnixMilli())
}

// Following returns how many parcels are neither closed nor final. It reads no
// document.
func (db *Household) Following(ctx context.Context) (int, error) {
	return first(query(ctx, db.to("count parcels"), column[int], CountFollowed))
}

// The statements that count followed parcels. They read indexes only.
const (
	CountFollowed   = `SELECT count(*) FROM parcel WHERE home = $1 AND active`
	CountUnverified = `SELECT count(*) FROM parcel WHERE home = $1 AND active AND unverified`
	CountByStatus   = `SELECT status, count(*) FROM parcel WHERE home = $1 AND active GROUP BY status`
)

// FollowingUnverified returns how many followed parcels only unproven mail names. It reads
// no document.
func (db *Household) FollowingUnverified(ctx context.Context) (int, error) {
	return first(query(ctx, db.to("count unverified parcels"), column[int], CountUnverified))
}

// ByStatus returns how many parcels are neither closed nor final, by status. It reads no
// document.
func (db *Household) ByStatus(ctx context.Context) (map[parcel.Status]int, error) {
	return counted(query(ctx, db.to("count parcels by status"), scanCount[parcel.Status], CountByStatus))
}

// sample is the least number of parcels that a sample of them has.
const sample = 500

// Asked returns about how many followed parcels each carrier was asked at or after since.
// It reads the outlines of a sample of them.
func (db *Household) Asked(ctx context.Context, since time.Time) (map[string]int, error) {
	all, err := db.Following(ctx)
	if err != nil {
		return nil, err
	}
	each := max(1, all/sample)
	asked, err := counted(query(ctx, db.to("count parcels by carrier"), scanCount[string], db.db.Dialect().Asked, float64(since.UnixMilli())/1000, each))
	for carrier := range asked {
		asked[carrier] *= each
	}
	return asked, err
}

// count is a row of a number of things by a key.
type count[K comparable] struct {
	key K
	n   int
}

func scanCount[K comparable](s Scanner) (c count[K], err error) {
	err = s.Scan(&c.key, &c.n)
	return c, err
}

func counted[K comparable](rows []count[K], err error) (map[K]int, error) {
	out := make(map[K]int, len(rows))
	for _, c := range rows {
		out[c.key] = c.n
	}
	return out, err
}

// Unwatched counts the followed parcels whose mail came only to other mailboxes than the
// watched ones, by each of their mailboxes. It reads no document.
func (db *Household) Unwatched(ctx context.Context, watched []string) ([]store.Unwatched, error) {
	names, err := json.Marshal(append([]string{}, watched...))
	if err != nil {
		return nil, err
	}
	return query(ctx, db.to("count parcels of unwatched mailboxes"), scanUnwatched,
		`SELECT m.mailbox, count(*) FROM parcel_mailbox m JOIN parcel p ON p.home = m.home AND p.id = m.parcel_id
		 WHERE m.home = $2 AND p.active AND NOT EXISTS (SELECT 1 FROM parcel_mailbox w
		   WHERE w.home = m.home AND w.parcel_id = m.parcel_id AND w.mailbox IN (SELECT value FROM `+db.db.Dialect().Texts+` AS wanted))
		 GROUP BY m.mailbox ORDER BY m.mailbox`, string(names))
}

func scanUnwatched(s Scanner) (u store.Unwatched, err error) {
	err = s.Scan(&u.Mailbox, &u.Parcels)
	return u, err
}

// ParcelByNumber returns the parcel with any of its numbers equal to n, the latest
// first seen if there are several, or [parcel.ErrNotFound].
func (db *Household) ParcelByNumber(ctx context.Context, n number.Number) (p parcel.Parcel, err error) {
	err = db.ask(ctx, "find parcel", func(tx homeTx) error {
		p, err = scanParcel(tx.QueryRowContext(ctx,
			`SELECT p.id, p.doc FROM number n JOIN parcel p ON p.home = n.home AND p.id = n.parcel_id
			 WHERE n.home = $2 AND n.number = $1 ORDER BY p.first_seen DESC, p.id DESC LIMIT 1`, string(n), tx.home))
		return err
	})
	return p, err
}

// Journeys returns the finished gaps between export and import of the parcels that entered
// their destination most recently, in the order they ended.
func (db *Household) Journeys(ctx context.Context) ([]store.Journey, error) {
	return query(ctx, db.to("list journeys"), scanJourney,
		`SELECT origin, destination, exported, imported FROM
		 (SELECT id, origin, destination, exported, imported FROM parcel WHERE home = $2 AND imported IS NOT NULL ORDER BY imported DESC LIMIT $1) AS latest
		 WHERE exported <= imported AND origin <> '' AND destination <> '' ORDER BY imported, id`, store.MostJourneys)
}

// Trips returns the ways of the parcels that entered their destination most recently and
// were delivered. It looks at twice as many at most, and reads outlines.
func (db *Household) Trips(ctx context.Context) ([]parcel.Trip, error) {
	delivered, err := query(ctx, db.to("list trips"), scanParcel,
		`SELECT id, outline FROM parcel WHERE home = $4 AND id IN
		 (SELECT id FROM parcel WHERE home = $4 AND imported IS NOT NULL ORDER BY imported DESC LIMIT $1)
		 AND status = $2 AND NOT unverified ORDER BY imported DESC, id DESC LIMIT $3`, 2*store.MostTrips, string(parcel.Delivered), store.MostTrips)
	out := make([]parcel.Trip, 0, len(delivered))
	for i := range delivered {
		out = append(out, delivered[i].Trip())
	}
	return out, err
}

func scanParcel(s Scanner) (parcel.Parcel, error) {
	id, p, err := document[int64, parcel.Parcel](s, "parcel")
	p.ID = id
	return p, err
}

func scanJourney(s Scanner) (j store.Journey, err error) {
	err = s.Scan(&j.Origin, &j.Destination, moment{&j.Exported}, moment{&j.Imported})
	return j, err
}

// insertParcel inserts p and sets its id.
func insertParcel(ctx context.Context, tx homeTx, p *parcel.Parcel) error {
	doc, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write parcel %s: %w", p.Number(), err)
	}
	columns, err := parcelColumns(p)
	if err != nil {
		return err
	}
	args := append([]any{string(doc)}, append(columns, tx.home)...)
	if err := tx.QueryRowContext(ctx,
		`INSERT INTO parcel (doc, status, active, first_seen, next_check, final_at, origin, destination, exported, imported, unverified, outline, protected_from, home)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id`, args...).Scan(&p.ID); err != nil {
		return fmt.Errorf("add parcel %s: %w", p.Number(), err)
	}
	return saveLinks(ctx, tx, p.ID, links{}, linksOf(p))
}

// updateParcel saves a parcel that had the links before.
func updateParcel(ctx context.Context, tx homeTx, p *parcel.Parcel, before links, doc []byte) error {
	columns, err := parcelColumns(p)
	if err != nil {
		return err
	}
	args := append([]any{p.ID, string(doc)}, columns...)
	if _, err := tx.ExecContext(ctx,
		`UPDATE parcel SET doc = $2, status = $3, active = $4, first_seen = $5, next_check = $6, final_at = $7,
		 origin = $8, destination = $9, exported = $10, imported = $11, unverified = $12,
		 outline = $13, protected_from = $14 WHERE home = $15 AND id = $1`, append(args, tx.home)...); err != nil {
		return fmt.Errorf("save parcel %d: %w", p.ID, err)
	}
	return saveLinks(ctx, tx, p.ID, before, linksOf(p))
}

func parcelColumns(p *parcel.Parcel) ([]any, error) {
	final := p.FinalAt
	if !p.Status.Final() {
		final = time.Time{} // revived
	}
	brief, err := json.Marshal(Outline(*p))
	return []any{
		string(p.Status), !p.Closed && !p.Status.Final(), p.FirstSeen.UnixMilli(), stamp(p.NextCheck), stamp(final),
		p.Origin, p.Destination, stamp(p.Exported), stamp(p.Imported), p.Unverified, string(brief), stamp(p.ProtectedFrom()),
	}, wrap(err, "write parcel %s", p.Number())
}

// Outline returns a parcel without what a digest needs only of parcels that it shows.
// Migration 11 leaves out the same.
func Outline(p parcel.Parcel) parcel.Parcel {
	p.Items, p.Maybe, p.NeverJoin, p.Unions, p.Orders = nil, nil, nil, nil, nil
	p.Logistics = parcel.Logistics{}
	sources := p.Sources
	p.Sources = nil
	for _, s := range sources {
		p.Sources = append(p.Sources, parcel.Source{Carrier: s.Carrier, Asked: s.Asked})
	}
	return p
}
