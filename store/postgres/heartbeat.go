package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

// SaveHeartbeat replaces the heartbeat of this program's node, also after its lease has
// ended, or that of the programs that are no node. It does not wait for the disk, because
// a lost one is replaced within seconds.
func (db *DB) SaveHeartbeat(ctx context.Context, b store.Heartbeat) error {
	const soon = ` RETURNING set_config('synchronous_commit', 'off', TRUE)`
	doc, err := json.Marshal(rows.Heartbeat(b))
	if err != nil {
		return fmt.Errorf("record the heartbeat: %w", err)
	}
	return db.said(ctx, "record the heartbeat", db.patient(ctx, func() error {
		if node := db.node.last.Load(); node != 0 {
			_, err := db.pool.Exec(ctx, `UPDATE daemon SET heartbeat = $2 WHERE node = $1`+soon, node, string(doc))
			return err
		}
		_, err := db.pool.Exec(ctx, `INSERT INTO heartbeat (id, doc) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`+soon, string(doc))
		return err
	}))
}

// beat is a heartbeat and whether its daemon is alive.
type beat struct {
	store.Heartbeat

	alive bool
}

// Heartbeat returns the newest heartbeat of the daemons that are alive, with the earliest
// digest of all, or that of the last one that was. A daemon is alive as long as its lease
// lasts. Its heartbeat is then as old as its last Claim, whatever its clock says.
func (db *DB) Heartbeat(ctx context.Context) (b store.Heartbeat, err error) {
	var all []beat
	err = db.patient(ctx, func() error {
		found, err := db.pool.Query(ctx,
			`SELECT doc, NULL::bigint FROM heartbeat
			 UNION ALL SELECT d.heartbeat, CASE WHEN n.until > clock_timestamp() THEN (extract(epoch FROM clock_timestamp() - d.seen) * 1000)::bigint END
			 FROM daemon d LEFT JOIN node n ON n.id = d.node WHERE d.heartbeat <> ''`)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(found, db.scanBeat)
		return err
	})
	return together(all), db.said(ctx, "read the heartbeat", err)
}

func (db *core) scanBeat(row pgx.CollectableRow) (b beat, err error) {
	var doc []byte
	var age *int64 // of a node whose lease lasts, in milliseconds
	if err = row.Scan(&doc, &age); err == nil {
		err = json.Unmarshal(doc, &b.Heartbeat)
	}
	if err == nil && age != nil && !b.At.IsZero() {
		b.At = db.now().UTC().Truncate(time.Millisecond).Add(-time.Duration(*age) * time.Millisecond)
	}
	b.alive = b.Alive(db.now())
	return b, err
}

// together returns the newest heartbeat of the living, with the earliest digest, or that
// of the last one that was alive.
func together(all []beat) store.Heartbeat {
	var last, living store.Heartbeat
	var next time.Time
	for _, one := range all {
		if one.LastAlive().After(last.LastAlive()) {
			last = one.Heartbeat
		}
		if !one.alive {
			continue
		}
		if one.At.After(living.At) {
			living = one.Heartbeat
		}
		if !one.NextDigest.IsZero() && (next.IsZero() || one.NextDigest.Before(next)) {
			next = one.NextDigest
		}
	}
	if living.At.IsZero() {
		return last
	}
	living.NextDigest = next
	return living
}
