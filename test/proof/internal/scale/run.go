//go:build linux

package scale

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/rig"
)

// outcome is what the world went through.
type outcome struct {
	size size

	Alone    lab.Usage     // one daemon with the mailboxes of one household
	Applied  time.Duration // the command that puts the others into the store
	Read     time.Duration // from then until one daemon watches every mailbox
	Loaded   lab.Usage     // that daemon with all of them
	Shared   time.Duration // from the start of the others until each has its share
	Each     []lab.Usage   // then, the daemons
	Growing  []visits      // from the smaller to the larger store
	Telling  digests       // in the larger one
	Seeded   time.Duration // putting the parcels into the database
	Faults   []fault
	Unpooled error // why nothing was tried through a pooler
	Looks    int   // at the claims
	Flowing  spent // processor time between faults: all daemons, the database
	Mails    int   // arriving meanwhile

	Verdict verdict
}

// Run is the chapter.
func Run(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	s := sizeOf(env)
	c := report.Chapter{
		Name: "scale", Title: "Many households, several daemons, one database",
		Intro: fmt.Sprintf("%d daemons share %d households with %d mailboxes on a real Dovecot, and a PostgreSQL database with %d parcels, of which %d are on their way. The "+
			"first household is that of the configuration, the others were applied while the first daemon ran. %d posts, each called once a second at most, are simulated. Mail arrives by LMTP every %s; each "+
			"household has a digest every minute. Daemons are killed and frozen meanwhile, the database crashes, its standby takes over. Everything runs on the same processors.",
			daemons, s.households, s.mailboxes(), s.households*s.parcels, s.households*s.active, s.posts, s.every),
	}
	if err := lab.Need("dovecot", "doveadm", "openssl"); err != nil {
		return c, err
	}
	w := &world{size: s, visited: []int64{}, env: env, log: env.Log.With("chapter", "scale")}
	defer w.close(ctx)
	o := outcome{size: s}
	err := w.live(ctx, &o)
	if err != nil {
		for i, d := range w.daemons {
			err = errors.Join(err, fmt.Errorf("daemon %d said last: %s", i+1, d.Journal.Tail(4))) //nolint:err113 // part of the one above
		}
		return c, err
	}
	o.tell(&c)
	return c, nil
}

// live goes through everything.
func (w *world) live(ctx context.Context, o *outcome) error {
	if err := w.build(ctx); err != nil {
		return err
	}
	if err := w.begin(ctx, o); err != nil {
		return err
	}
	if err := w.grow(ctx, o); err != nil {
		return err
	}
	var mail flow
	var claims watch
	within, stop := context.WithCancel(ctx)
	defer stop()
	g, within := errgroup.WithContext(within)
	g.Go(func() error { return mail.run(within, w) })
	g.Go(func() error { return claims.run(within, w) })
	err := w.faults(within, o, &claims)
	stop()
	if err = errors.Join(err, g.Wait()); err != nil {
		return err
	}
	o.Looks, o.Mails = claims.looks, len(mail.all())
	o.Verdict, err = w.judge(ctx, mail.all())
	return err
}

// begin starts the daemons, the first one alone.
func (w *world) begin(ctx context.Context, o *outcome) error {
	first := w.daemons[0]
	if err := first.Start(ctx); err != nil {
		return err
	}
	if err := w.idle(ctx, boxes, time.Minute); err != nil {
		return err
	}
	var err error
	if o.Alone, err = w.rested(ctx, first); err != nil {
		return err
	}
	began := time.Now()
	if err := w.apply(ctx); err != nil {
		return err
	}
	o.Applied = time.Since(began)
	w.log.InfoContext(ctx, "households are applied", "took", o.Applied)
	began = time.Now()
	if err := w.idle(ctx, w.size.mailboxes(), 5*time.Minute); err != nil {
		return err
	}
	o.Read = time.Since(began)
	w.log.InfoContext(ctx, "every mailbox is watched", "took", o.Read)
	if o.Loaded, err = w.rested(ctx, first); err != nil {
		return err
	}
	for _, d := range w.daemons[1:] {
		if err := d.Start(ctx); err != nil {
			return err
		}
	}
	if o.Shared, err = w.settled(ctx); err != nil {
		return err
	}
	w.log.InfoContext(ctx, "households are shared", "took", o.Shared)
	if err := rig.Pause(ctx, w.size.rest); err != nil {
		return err
	}
	for _, d := range w.daemons {
		u, err := lab.Look(d.PID())
		if err != nil {
			return err
		}
		o.Each = append(o.Each, u)
	}
	return nil
}

// idle waits until so many mailboxes were read and are watched.
func (w *world) idle(ctx context.Context, mailboxes int, limit time.Duration) error {
	n := 0
	_, err := rig.Until(ctx, limit, "every mailbox is watched", func() bool {
		var err error
		n, err = w.count(ctx, `SELECT count(*) FROM mailbox_state WHERE state = 'idle'`)
		return err == nil && n == mailboxes
	})
	if err != nil {
		return fmt.Errorf("%w: %d of %d", err, n, mailboxes)
	}
	return nil
}

func (w *world) rested(ctx context.Context, d *rig.Daemon) (lab.Usage, error) {
	if err := rig.Pause(ctx, w.size.rest); err != nil {
		return lab.Usage{}, err
	}
	return lab.Look(d.PID())
}

// grow fills the store in two steps and measures visits after each.
func (w *world) grow(ctx context.Context, o *outcome) error {
	from := 0
	for _, to := range slices.Compact([]int{w.size.early, w.size.parcels}) {
		w.log.InfoContext(ctx, "filling the store", "parcels", to*w.size.households)
		began := time.Now()
		if err := w.seed(ctx, from, to); err != nil {
			return err
		}
		from = to
		o.Seeded += time.Since(began)
		w.log.InfoContext(ctx, "measuring visits", "seeded", time.Since(began))
		v, err := w.measure(ctx)
		if err != nil {
			return err
		}
		w.log.InfoContext(ctx, "visits", "a_second", v.Rate, "daemons", v.Daemons, "database", v.Database, "news", v.News, "anew", v.Anew)
		o.Growing = append(o.Growing, v)
	}
	if w.env.Quick { // they have to wait for their minute
		return nil
	}
	var err error
	o.Telling, err = w.digest(ctx, o.Growing[len(o.Growing)-1])
	w.log.InfoContext(ctx, "digests", "made", o.Telling.Count, "daemons", o.Telling.Daemons, "database", o.Telling.Database, "err", err)
	if errors.Is(err, rig.ErrStillWaiting) { // no promise depends on it
		return nil
	}
	return err
}
