package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

const (
	// nodeTime bounds a Claim, and the pauses in a transaction of a node: a process that
	// is frozen in one must not keep others from taking over longer than its lease does.
	nodeTime = store.NodeLease - store.NodeGuard

	// takeTries bounds how often a node looks for free households that others took
	// meanwhile. What is left then is taken at the next beat.
	takeTries = 4

	// noNode is the id of a node whose lease has ended.
	noNode = -1
)

// membership is this program's part among the daemons of the store.
type membership struct {
	changing sync.Mutex    // held while the node is made, extended or ended
	beats    *pgxpool.Pool // its one connection is for Claim, which must not wait for other work
	id       atomic.Int64  // of the node; 0 before the first Claim, noNode after its lease ended
	last     atomic.Int64  // of the last node, whose heartbeat this program writes
}

// Claim extends the lease and takes households. A command that has the store for itself
// keeps new nodes out.
func (db *DB) Claim(ctx context.Context, n store.Node, households []string) (c store.Claims, err error) {
	db.node.changing.Lock()
	defer db.node.changing.Unlock()
	bounded, cancel := context.WithTimeout(ctx, nodeTime)
	defer cancel()
	err = db.patient(bounded, func() error {
		sent := time.Now() //nolint:forbidigo // the monotonic clock
		c, err = db.claim(bounded, n, households)
		c.Until = sent.Add(store.NodeLease - store.NodeGuard)
		return err
	})
	switch {
	case errors.Is(err, store.ErrLeaseLost):
		db.node.id.Store(noNode)
		return store.Claims{}, fmt.Errorf("extend the lease: %w", err)
	case err != nil:
		return store.Claims{}, db.said(ctx, "claim households", err)
	}
	db.node.id.Store(c.Node)
	db.node.last.Store(c.Node)
	return c, nil
}

// claim is one transaction: the lease, the dead, the share, and what is taken.
func (db *core) claim(ctx context.Context, n store.Node, households []string) (c store.Claims, err error) {
	tx, err := db.node.beats.Begin(ctx)
	if err != nil {
		return c, err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // after a commit it does nothing, and before it the first error counts
	id, err := db.beat(ctx, tx, n)
	if err != nil {
		return c, err
	}
	c.Node = id
	// A transaction under way keeps the row of its node, which is then skipped.
	if _, err := tx.Exec(ctx, `DELETE FROM node WHERE id IN (SELECT id FROM node WHERE until <= clock_timestamp() FOR UPDATE SKIP LOCKED)`); err != nil {
		return c, err
	}
	c.Held, err = homes(tx.Query(ctx, `SELECT home FROM claim WHERE node = $1`, id))
	if err != nil {
		return c, err
	}
	var alive, place int
	if err := tx.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE id < $1) FROM node WHERE until > clock_timestamp()`, id).Scan(&alive, &place); err != nil {
		return c, err
	}
	share := fairShare(len(households), alive, place)
	kept, surplus := divide(c.Held, households, share)
	if missing := share - len(kept); missing > 0 {
		taken, err := db.takeHomes(ctx, tx, id, households, missing)
		if err != nil {
			return c, err
		}
		c.Held = append(c.Held, taken...)
	}
	slices.Sort(c.Held)
	c.Surplus = surplus
	if _, err := tx.Exec(ctx,
		`UPDATE daemon SET seen = clock_timestamp(), version = $2, households = $3, mailboxes = $4, parcels = $5 WHERE node = $1`,
		id, storableText(rows.Line(n.Version)), len(c.Held), n.Mailboxes, n.Parcels); err != nil {
		return c, err
	}
	return c, tx.Commit(ctx)
}

// beat extends the lease of this program's node. If it has none, it makes a new one.
func (db *core) beat(ctx context.Context, tx pgx.Tx, n store.Node) (id int64, err error) {
	var bounded bool
	if id = db.node.id.Load(); id > 0 {
		err := tx.QueryRow(ctx,
			`UPDATE node SET until = clock_timestamp() + $2::bigint * interval '1 ms' WHERE id = $1 AND until > clock_timestamp() RETURNING `+boundPauses(),
			id, store.NodeLease.Milliseconds()).Scan(&bounded)
		if errors.Is(err, pgx.ErrNoRows) {
			err = store.ErrLeaseLost
		}
		return id, err
	}
	var holder string
	var held bool
	err = tx.QueryRow(ctx, `SELECT holder, until > clock_timestamp(), `+boundPauses()+` FROM lease WHERE name = 'daemon' FOR SHARE`).Scan(&holder, &held, &bounded)
	if err != nil {
		return 0, err
	}
	if held {
		return 0, db.inUse(holder, leaseTime)
	}
	err = tx.QueryRow(ctx, `INSERT INTO node (until) VALUES (clock_timestamp() + $1::bigint * interval '1 ms') RETURNING id`,
		store.NodeLease.Milliseconds()).Scan(&id)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO daemon (node, name, version, started, seen) VALUES ($1, $2, $3, $4, clock_timestamp())`,
		id, storableText(rows.Line(n.Name)), storableText(rows.Line(n.Version)), n.Started)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `DELETE FROM daemon WHERE seen < clock_timestamp() - interval '1 day' AND node NOT IN (SELECT id FROM node)`)
	return id, err
}

// takeHomes takes up to that many households that no node holds. All nodes take them in
// the same order, so that none waits for another that waits for it.
func (db *core) takeHomes(ctx context.Context, tx pgx.Tx, id int64, households []string, missing int) (taken []string, err error) {
	for try := 0; try < takeTries && missing > len(taken); try++ {
		more, err := homes(tx.Query(ctx,
			`INSERT INTO claim (home, node) SELECT h, $1 FROM (
			   SELECT h FROM unnest($2::text[]) AS h
			   WHERE NOT EXISTS (SELECT 1 FROM claim WHERE home = h) AND NOT EXISTS (SELECT 1 FROM household WHERE name = h AND removed AND changed > $4)
			   ORDER BY h COLLATE "C" LIMIT $3) AS free
			 ON CONFLICT (home) DO NOTHING RETURNING home`,
			id, households, missing-len(taken), rows.RemovedSince(db.now())))
		if err != nil {
			return nil, err
		}
		taken = append(taken, more...)
	}
	return taken, nil
}

// fairShare returns how many of all households the node at that place among the living
// ones should hold. The shares of all nodes add up to all and differ by at most one.
func fairShare(all, alive, place int) int {
	share := all / alive
	if place < all%alive {
		share++
	}
	return share
}

// divide returns those of the held households that a node keeps and those that it gives up.
func divide(held, wanted []string, share int) (kept, surplus []string) {
	want := map[string]bool{}
	for _, h := range wanted {
		want[h] = true
	}
	for _, h := range held {
		if want[h] && len(kept) < share {
			kept = append(kept, h)
		} else {
			surplus = append(surplus, h)
		}
	}
	return kept, surplus
}

// Release gives households back. The rows that stand for them are deleted when the
// transactions that hold them have ended.
func (db *DB) Release(ctx context.Context, households ...string) error {
	if len(households) > 0 {
		return db.said(ctx, "give back households", db.patient(ctx, func() error {
			_, err := db.pool.Exec(ctx, `DELETE FROM claim WHERE node = $1 AND home = ANY($2::text[])`, db.node.id.Load(), households)
			return err
		}))
	}
	db.node.changing.Lock()
	defer db.node.changing.Unlock()
	id := db.node.id.Load()
	if id <= 0 {
		return nil
	}
	db.node.id.Store(noNode)
	return db.said(ctx, "give back all households", db.patient(ctx, func() error {
		_, err := db.pool.Exec(ctx,
			`WITH gone AS (DELETE FROM node WHERE id = $1 RETURNING id)
			 UPDATE daemon SET seen = clock_timestamp(), households = 0 WHERE node IN (SELECT id FROM gone)`, id)
		return err
	}))
}

// Nodes returns the daemons that live or were last seen within a day.
func (db *DB) Nodes(ctx context.Context) (nodes []store.Node, err error) {
	err = db.patient(ctx, func() error {
		found, err := db.pool.Query(ctx,
			`SELECT d.node, d.name, d.version, d.started, d.seen, coalesce(n.until > clock_timestamp(), FALSE), d.households, d.mailboxes, d.parcels
			 FROM daemon d LEFT JOIN node n ON n.id = d.node WHERE n.id IS NOT NULL OR d.seen > clock_timestamp() - interval '1 day' ORDER BY d.node`)
		if err != nil {
			return err
		}
		nodes, err = pgx.CollectRows(found, func(row pgx.CollectableRow) (n store.Node, err error) {
			err = row.Scan(&n.ID, &n.Name, &n.Version, &n.Started, &n.Seen, &n.Alive, &n.Households, &n.Mailboxes, &n.Parcels)
			n.Started, n.Seen = n.Started.UTC(), n.Seen.UTC()
			if !n.Alive {
				n.Households = 0
			}
			return n, err
		})
		return err
	})
	return nodes, db.said(ctx, "list the daemons", err)
}

func homes(found pgx.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(found, pgx.RowTo[string])
	slices.Sort(all)
	return all, err
}
