//go:build linux

package scale

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"parcelwatch/test/pgtest"
	"parcelwatch/test/rig"
)

// fault is one thing that happened to the daemons or the database.
type fault struct {
	Name       string
	Households int           // that it concerns
	First      time.Duration // until a mail of them was recorded
	Others     time.Duration // until living daemons held all of them
	Unheld     time.Duration // the longest that some household had no living daemon
	Settled    time.Duration // until each household had one daemon and each mailbox one connection
	Err        error         // why it was not lived through
	Renewed    bool          // after being frozen: the daemon is a node with a new lease
}

// most is how long anything may take in the end.
const most = 3 * time.Minute

// faults lets everything happen while mail arrives.
func (w *world) faults(ctx context.Context, o *outcome, claims *watch) error {
	before, err := w.effort()
	if err != nil {
		return err
	}
	if err := rig.Pause(ctx, w.size.usual); err != nil {
		return err
	}
	after, err := w.effort()
	if err != nil {
		return err
	}
	o.Flowing = after.since(before)
	for _, one := range []struct {
		name string
		do   func(context.Context, *fault) error
	}{
		{"a daemon is killed", w.kill},
		{"a daemon is frozen for " + w.size.frozen.String(), w.freeze},
		{"the database crashes and is started again", w.crash},
		{"the database is lost, a synchronous standby takes over", w.failover},
		{"a daemon is replaced by one that uses pgbouncer", w.pool},
	} {
		w.log.InfoContext(ctx, "fault", "what", one.name)
		claims.reset()
		f := fault{Name: one.name}
		err := one.do(ctx, &f)
		if errors.Is(err, pgtest.ErrNotInstalled) {
			o.Unpooled = err
			continue
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		f.Unheld, f.Err = claims.reset(), err
		w.log.InfoContext(ctx, "over", "first_mail", f.First, "others_hold", f.Others, "unheld", f.Unheld, "settled", f.Settled, "err", f.Err)
		o.Faults = append(o.Faults, f)
	}
	return nil
}

// kill ends a daemon as a power cut does, and later starts it again.
func (w *world) kill(ctx context.Context, f *fault) error {
	d := w.daemons[0]
	homes, err := w.held(ctx, d)
	if err != nil {
		return err
	}
	name, began := nodeName(d), time.Now()
	if err := d.Kill(); err != nil {
		return err
	}
	if err := w.taken(ctx, f, name, homes, began); err != nil {
		return err
	}
	if err := d.Start(ctx); err != nil {
		return err
	}
	f.Settled, err = w.settled(ctx)
	return err
}

// freeze stops a daemon for longer than its lease and lets it continue.
func (w *world) freeze(ctx context.Context, f *fault) error {
	d := w.daemons[1]
	homes, err := w.held(ctx, d)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := d.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	err = w.taken(ctx, f, nodeName(d), homes, began)
	if err == nil {
		err = rig.Pause(ctx, w.size.frozen-time.Since(began))
	}
	if err := errors.Join(err, d.Signal(syscall.SIGCONT)); err != nil {
		return err
	}
	if f.Settled, err = w.settled(ctx); err != nil {
		return err
	}
	nodes, err := w.count(ctx, `SELECT count(*) FROM daemon WHERE name = $1`, nodeName(d))
	f.Renewed = nodes > 1
	return err
}

// crash ends the database without a shutdown and starts it again.
func (w *world) crash(ctx context.Context, f *fault) error {
	began := time.Now()
	w.primary.Crash()
	if err := w.primary.Again(ctx); err != nil {
		return err
	}
	return w.recovered(ctx, f, began)
}

// failover loses the database while a standby follows it, which is made the primary.
func (w *world) failover(ctx context.Context, f *fault) error {
	var err error
	if w.standby, err = w.primary.Standby(ctx, w.ports+1); err != nil {
		return err
	}
	for _, query := range []string{`ALTER SYSTEM SET synchronous_standby_names = '*'`, `SELECT pg_reload_conf()`} {
		if err := w.primary.Do(ctx, query); err != nil {
			return err
		}
	}
	if _, err := rig.Until(ctx, time.Minute, "the standby is synchronous", func() bool {
		n, err := w.count(ctx, `SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'`)
		return err == nil && n == 1
	}); err != nil {
		return err
	}
	if err := rig.Pause(ctx, w.size.usual); err != nil {
		return err
	}
	began := time.Now()
	w.primary.Crash()
	if err := w.standby.Promote(ctx); err != nil {
		return err
	}
	w.primary, w.standby = w.standby, w.primary
	return w.recovered(ctx, f, began)
}

// pool stops a daemon as the system does and starts one that reaches the database through
// a pooler.
func (w *world) pool(ctx context.Context, f *fault) error {
	var err error
	if w.pooler, err = w.primary.Pool(ctx); err != nil {
		return err
	}
	d := w.daemons[2]
	homes, err := w.held(ctx, d)
	if err != nil {
		return err
	}
	name, began := nodeName(d), time.Now()
	if _, err := d.Stop(10 * time.Second); err != nil {
		return err
	}
	if err := w.taken(ctx, f, name, homes, began); err != nil {
		return err
	}
	if w.daemons[2], err = w.newDaemon("pooled", w.url(w.pooler.Addr())+"&default_query_exec_mode=cache_describe"); err != nil {
		return err
	}
	if err := w.daemons[2].Start(ctx); err != nil {
		return err
	}
	if f.Settled, err = w.settled(ctx); err != nil {
		return err
	}
	if homes, err = w.held(ctx, w.daemons[2]); err != nil {
		return err
	}
	_, err = w.recorded(ctx, homes, time.Now())
	return err
}

// taken waits until others have the households of a daemon and have recorded a mail of
// them.
func (w *world) taken(ctx context.Context, f *fault, name string, homes []string, began time.Time) error {
	f.Households = len(homes)
	if _, err := rig.Until(ctx, most, "others hold the households", func() bool {
		n, err := w.count(ctx, `SELECT count(*) FROM claim c JOIN node n ON n.id = c.node JOIN daemon d ON d.node = n.id
			WHERE n.until > clock_timestamp() AND d.name <> $1 AND c.home = ANY ($2)`, name, homes)
		return err == nil && n == len(homes)
	}); err != nil {
		return err
	}
	f.Others = time.Since(began)
	var err error
	f.First, err = w.recorded(ctx, homes, began)
	return err
}

// recovered waits until mail is recorded again and everything is shared.
func (w *world) recovered(ctx context.Context, f *fault, began time.Time) error {
	f.Households = w.size.households
	homes := make([]string, 0, w.size.households)
	for n := range w.size.households {
		homes = append(homes, home(n))
	}
	var err error
	if f.First, err = w.recorded(ctx, homes, began); err != nil {
		return err
	}
	f.Settled, err = w.settled(ctx)
	return err
}

// recorded waits for the first mail of the households that is recorded after a moment, and
// returns how long after.
func (w *world) recorded(ctx context.Context, homes []string, since time.Time) (time.Duration, error) {
	var first *int64
	_, err := rig.Until(ctx, most, "a mail is recorded", func() bool {
		err := w.db.QueryRow(ctx, `SELECT min(imported_at) FROM mail WHERE imported_at > $1 AND home = ANY ($2)`, since.UnixMilli(), homes).Scan(&first)
		return err == nil && first != nil
	})
	if err != nil {
		return 0, err
	}
	return time.UnixMilli(*first).Sub(since), nil
}
