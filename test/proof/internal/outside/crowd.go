//go:build linux

package outside

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// crowd fills the store of a daemon that never ran with parcels, and with 1,000 changes
// that nobody was told. It writes the rows itself, so that an older program can have the
// same parcels in the tables that it makes.
func (b *bench) crowd(ctx context.Context, d *rig.Daemon, parcels int) (err error) {
	if err := d.Start(ctx); err != nil {
		return err
	}
	if err := idle(ctx, d, 1); err != nil {
		return err
	}
	if _, err := d.Stop(5 * time.Second); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file://"+d.Site.Store+"?_txlock=immediate")
	if err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := insertParcels(ctx, tx, parcels, time.Now()); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	if err := outlineParcels(ctx, tx); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	return tx.Commit()
}

// outlineParcels fills the columns of a store that has outlines.
func outlineParcels(ctx context.Context, tx *sql.Tx) error {
	var has bool
	if err := tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pragma_table_info('parcel') WHERE name = 'outline'`).Scan(&has); err != nil || !has {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE parcel SET outline = json_remove(doc, '$.items', '$.orders', '$.sources'), protected_from = first_seen`)
	return err
}

// insertParcels inserts parcels whose next check is a day away or more.
func insertParcels(ctx context.Context, tx *sql.Tx, parcels int, now time.Time) error {
	statements := map[string]*sql.Stmt{}
	for _, query := range []string{insertParcel, insertNumber, insertOrder, insertChange} {
		s, err := tx.PrepareContext(ctx, query)
		if err != nil {
			return err
		}
		defer s.Close()
		statements[query] = s
	}
	do := func(query string, args ...any) error {
		_, err := statements[query].ExecContext(ctx, args...)
		return err
	}
	for i := range parcels {
		p := lab.Travelled(i, now)
		doc, err := json.Marshal(p)
		if err != nil {
			return err
		}
		next := now.Add(24*time.Hour + time.Duration(i)*time.Second)
		if err := do(insertParcel, i+1, string(doc), string(p.Status), p.FirstSeen.UnixMilli(), next.UnixMilli(), p.Origin, p.Destination); err != nil {
			return err
		}
		if err := do(insertNumber, string(p.Number()), i+1); err != nil {
			return err
		}
		if err := do(insertOrder, p.Orders[0], i+1); err != nil {
			return err
		}
		if i >= 1000 {
			continue
		}
		ch := parcel.Change{Kind: parcel.ChangeMoved, Parcel: int64(i + 1), At: now, From: parcel.PreAdvice, To: p.Status, Key: "moved"}
		if doc, err = json.Marshal(ch); err != nil {
			return err
		}
		if err := do(insertChange, fmt.Sprintf("outside:%d", i), i+1, now.UnixMilli(), string(doc)); err != nil {
			return err
		}
	}
	return nil
}

// The statements that fit all versions of the store.
const (
	insertParcel = `INSERT INTO parcel (id, doc, status, active, first_seen, next_check, origin, destination) VALUES (?, ?, ?, TRUE, ?, ?, ?, ?)`
	insertNumber = `INSERT INTO number (number, parcel_id) VALUES (?, ?)`
	insertOrder  = `INSERT INTO parcel_order (order_id, parcel_id) VALUES (?, ?)`
	insertChange = `INSERT INTO change (key, parcel_id, quiet, at, doc) VALUES (?, ?, FALSE, ?, ?)`
)
