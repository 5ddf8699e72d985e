//go:build linux

package scale

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// effort is the processor time that was used until a moment.
type effort struct {
	At                time.Time
	Daemons, Database time.Duration
}

func (w *world) effort() (effort, error) {
	e := effort{At: time.Now()}
	for _, d := range w.daemons {
		if !d.Running() {
			continue
		}
		u, err := lab.Look(d.PID())
		if err != nil {
			return e, err
		}
		e.Daemons += u.CPU
	}
	var err error
	e.Database, err = lab.Family(w.primary.PID())
	return e, err
}

// since is what was used from an earlier moment on.
func (e effort) since(before effort) spent {
	return spent{e.At.Sub(before.At), e.Daemons - before.Daemons, e.Database - before.Database}
}

// spent is processor time used within a time.
type spent struct{ Over, Daemons, Database time.Duration }

// each is what one of n things took, without what is used meanwhile anyway.
func (s spent) each(n int, idle spent) (daemons, database time.Duration) {
	share := s.Over.Seconds() / idle.Over.Seconds()
	net := func(busy, idle time.Duration) time.Duration {
		return (busy - time.Duration(float64(idle)*share)) / time.Duration(n)
	}
	return net(s.Daemons, idle.Daemons), net(s.Database, idle.Database)
}

// visits is what visiting parcels took.
type visits struct {
	Parcels           int // in the store
	Count             int
	News              int     // changes that they brought
	Anew              int     // daemons that lost their lease and began anew meanwhile
	Rate              float64 // a second
	Daemons, Database time.Duration
	Idle              spent // nothing is due
}

// cost is the processor time of one visit.
func (v visits) cost() time.Duration { return v.Daemons + v.Database }

// measure makes parcels due and measures what their visits take if they bring no news, because
// news is told in a digest, which takes more than the visit. Every household has had a visit
// before: the first one in an hour reads the earlier journeys.
func (w *world) measure(ctx context.Context) (v visits, err error) {
	if v.Parcels, err = w.count(ctx, `SELECT count(*) FROM parcel`); err != nil {
		return v, err
	}
	if err := w.calm(ctx); err != nil {
		return v, err
	}
	if _, _, err = w.visit(ctx, w.size.households); err != nil {
		return v, err
	}
	if v.Idle, err = w.during(ctx, func() error { return nil }); err != nil {
		return v, err
	}
	changes, err := w.count(ctx, changed)
	if err != nil {
		return v, err
	}
	nodes, err := w.count(ctx, begun)
	if err != nil {
		return v, err
	}
	var took time.Duration
	used, err := w.during(ctx, func() (err error) {
		v.Count, took, err = w.visit(ctx, w.size.visits)
		return err
	})
	if err != nil {
		return v, err
	}
	v.Rate = float64(v.Count) / took.Seconds()
	v.Daemons, v.Database = used.each(v.Count, v.Idle)
	if v.News, err = w.count(ctx, changed); err != nil {
		return v, err
	}
	v.News -= changes
	v.Anew, err = w.count(ctx, begun)
	v.Anew -= nodes
	return v, err
}

const (
	changed = `SELECT count(*) FROM change`
	begun   = `SELECT coalesce(max(id), 0) FROM node`
)

// digests is what telling news took.
type digests struct {
	Count             int
	Daemons, Database time.Duration // of one
}

// digest lets one parcel of every household have news, and measures what the digests take
// besides the visits.
func (w *world) digest(ctx context.Context, v visits) (d digests, err error) {
	made, err := w.count(ctx, `SELECT count(*) FROM message`)
	if err != nil {
		return d, err
	}
	asked := 0
	used, err := w.during(ctx, func() (err error) {
		w.know(true)
		asked, _, err = w.visit(ctx, w.size.households)
		if w.know(false); err != nil {
			return err
		}
		return w.told(ctx)
	})
	if err != nil {
		return d, err
	}
	if d.Count, err = w.count(ctx, `SELECT count(*) FROM message`); err != nil {
		return d, err
	}
	if d.Count -= made; d.Count > 0 {
		used.Daemons -= time.Duration(asked) * v.Daemons
		used.Database -= time.Duration(asked) * v.Database
		d.Daemons, d.Database = used.each(d.Count, v.Idle)
	}
	return d, nil
}

// know says whether the posts know something new.
func (w *world) know(more bool) {
	for _, p := range w.posts {
		p.more.Store(more)
	}
}

// calm waits until the database does no work of its own on what was put into it.
func (w *world) calm(ctx context.Context) error {
	_, err := rig.Until(ctx, most, "the database is at rest", func() bool {
		n, err := w.count(ctx, `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'`)
		return err == nil && n == 0
	})
	return err
}

// during returns what was used while something ran and until the daemons have done a whole
// number of times what they do each minute, which comes at once.
func (w *world) during(ctx context.Context, run func() error) (spent, error) {
	before, err := w.effort()
	if err != nil {
		return spent{}, err
	}
	if err := run(); err != nil {
		return spent{}, err
	}
	if err := rig.Pause(ctx, w.size.quiet-time.Since(before.At)%w.size.quiet); err != nil {
		return spent{}, err
	}
	e, err := w.effort()
	return e.since(before), err
}

// visit makes parcels due and returns how many calls of posts it caused and how long they took.
func (w *world) visit(ctx context.Context, parcels int) (calls int, took time.Duration, err error) {
	before := w.asked()
	if err := w.due(ctx, parcels); err != nil {
		return 0, 0, err
	}
	first := time.Time{}
	waited, err := rig.Until(ctx, 5*time.Minute, "the posts are asked", func() bool {
		calls = w.asked() - before
		if first.IsZero() && calls > 0 {
			first = time.Now()
		}
		return calls >= parcels
	})
	if err != nil {
		return calls, 0, fmt.Errorf("%w: %d of %d times after %s", err, calls, parcels, waited)
	}
	took = time.Since(first)
	return calls, took, rig.Pause(ctx, 3*time.Second) // the last answers are recorded
}

// asked is how many calls there were of posts of which each number has one.
func (w *world) asked() int {
	n := 0
	for _, p := range w.posts {
		if strings.HasPrefix(p.name, "post") {
			n += len(p.called())
		}
	}
	return n
}
