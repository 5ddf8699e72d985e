package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"parcelwatch/store"
)

const (
	// leaseTime is how long a program that has the store for itself and is no longer
	// heard keeps daemons out.
	leaseTime = 15 * time.Second
	leaseBeat = leaseTime / 5
)

// lease is the right to have the store for oneself. Each program that takes it gets a
// higher token.
type lease struct{ held atomic.Int64 }

// token returns the token of the lease, or 0 if this program has taken none.
func (l *lease) token() int64 { return l.held.Load() }

// Lock does nothing: daemons share the households.
func (*driver) Lock(context.Context) (release func(), err error) { return func() {}, nil }

// Exclusive takes the lease, which is a row, by the clock of the database. While it is
// kept, its time is extended every few seconds; a program that dies or is cut off loses
// it after leaseTime, and one that was only cut off then stores nothing more
// ([store.ErrInUse]).
func (d *driver) Exclusive(ctx context.Context) (release func(), err error) {
	db, err := open(ctx, d, migrations(), store.Options{})
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	token, err := db.take(ctx)
	if err != nil {
		db.close()
		return nil, fmt.Errorf("lock the store: %w", db.said(ctx, "", err))
	}
	d.lease.held.Store(token)
	beating, stop := context.WithCancel(context.WithoutCancel(ctx))
	var done sync.WaitGroup
	done.Go(func() { db.keep(beating, token) })
	return sync.OnceFunc(func() {
		stop()
		done.Wait()
		db.give(context.WithoutCancel(ctx), token)
		db.close()
	}), nil
}

// take takes the lease unless another program has it or a daemon is alive. A daemon that
// starts meanwhile waits for the row of the lease.
func (db *core) take(ctx context.Context) (token int64, err error) {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	holder := fmt.Sprintf("process %d on %s", os.Getpid(), host)
	err = db.patient(ctx, func() error {
		return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
			err := tx.QueryRow(ctx,
				`UPDATE lease SET holder = $1, token = token + 1, until = clock_timestamp() + $2::bigint * interval '1 ms'
				 WHERE name = 'daemon' AND until <= clock_timestamp() RETURNING token`, holder, leaseTime.Milliseconds()).Scan(&token)
			if errors.Is(err, pgx.ErrNoRows) {
				return db.held(ctx, tx, leaseTime, `SELECT holder FROM lease WHERE name = 'daemon'`)
			}
			if err != nil {
				return err
			}
			err = db.held(ctx, tx, store.NodeLease, `SELECT d.name FROM daemon d JOIN node n ON n.id = d.node WHERE n.until > clock_timestamp() LIMIT 1`)
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			return err
		})
	})
	return token, err
}

// held returns [store.ErrInUse] with the holder that the query names.
func (db *core) held(ctx context.Context, tx pgx.Tx, lease time.Duration, query string) error {
	var holder string
	if err := tx.QueryRow(ctx, query).Scan(&holder); err != nil {
		return err
	}
	return db.inUse(holder, lease)
}

func (db *core) inUse(holder string, lease time.Duration) error {
	return fmt.Errorf("%w (%s): %s; stop it first, or wait %s if it has died", store.ErrInUse, holder, db.where, lease)
}

// keep extends the lease until ctx ends. If another program has taken it, the next write
// says so.
func (db *core) keep(ctx context.Context, token int64) {
	beat := time.NewTicker(leaseBeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		try, cancel := context.WithTimeout(ctx, leaseBeat)
		_, err := db.pool.Exec(try,
			`UPDATE lease SET until = clock_timestamp() + $2::bigint * interval '1 ms' WHERE name = 'daemon' AND token = $1`, token, leaseTime.Milliseconds())
		cancel()
		if err != nil && ctx.Err() == nil {
			db.log.WarnContext(ctx, "lease of the store not extended", "err", db.explain(err))
		}
	}
}

// give ends the lease, so that the next program need not wait.
func (db *core) give(ctx context.Context, token int64) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	if _, err := db.pool.Exec(ctx, `UPDATE lease SET until = clock_timestamp() WHERE name = 'daemon' AND token = $1`, token); err != nil {
		db.log.WarnContext(ctx, "lease of the store not given back", "err", db.explain(err))
	}
}
