package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// outcome is what one world went through.
type outcome struct {
	size size

	Seeded    time.Duration // putting the parcels into the store
	Ready     time.Duration // from the start until every mailbox is on IDLE
	Delivered time.Duration // the server's taking all mails
	Behind    time.Duration // from the last taken to the last stored
	Digest    time.Duration // from its due time to the SMTP server's taking it
	Stored    int           // mails in the store
	Parcels   int
	Unsound   error // what is wrong with the store
	Database  int64 // bytes, the log beside it too
	Asked     int   // calls to posts, all phases before idling

	Before, Loaded lab.Usage // when ready; after the digest
	Peak           lab.Usage
	Limited        string       // the most that counted against the limit of the packages
	Idle           [2]lab.Usage // its beginning and its end
	IdleAsked      int
	Stop           time.Duration
	StopErr        error
}

// live runs one world from its building to the daemon's stop. idling is called
// once nothing more is asked of the daemon.
func live(ctx context.Context, env *lab.Env, s size, idling func()) (outcome, error) {
	w := &world{size: s, log: env.Log.With("world", s.name)}
	defer w.close(ctx)
	o := outcome{size: s}
	if err := w.build(ctx, env); err != nil {
		return o, err
	}
	if err := w.start(ctx, env, &o); err != nil {
		return o, err
	}
	watching, stop := context.WithCancel(ctx)
	var most peaks
	g, watching := errgroup.WithContext(watching)
	g.Go(func() error { most.watch(watching, w.daemon.PID()); return nil })
	err := w.work(ctx, &o)
	stop()
	if err = errors.Join(err, g.Wait()); err != nil {
		return o, fmt.Errorf("%w; the daemon's last words: %s", err, w.daemon.Journal.Tail(3))
	}
	most.add(o.Loaded)
	o.Peak = most.get()
	idling()
	if err := w.rest(ctx, &o); err != nil {
		return o, err
	}
	o.Limited = w.cell.Most()
	o.Stop, o.StopErr = w.daemon.Stop(10 * time.Second)
	o.Unsound = rig.CheckStore(ctx, w.site.Store)
	return o, nil
}

// start fills the store, starts the daemon and waits until it watches every
// mailbox.
func (w *world) start(ctx context.Context, env *lab.Env, o *outcome) error {
	w.log.InfoContext(ctx, "filling the store", "parcels", w.size.parcels)
	began := time.Now()
	if err := lab.Seed(ctx, w.store(), lab.Crowd{Parcels: w.size.parcels}, began); err != nil {
		return err
	}
	o.Seeded = time.Since(began)
	// Room for delivering, and for what the daemon may be behind.
	w.digest = time.Now().UTC().Add(w.size.over + 45*time.Second).Truncate(time.Minute).Add(time.Minute)
	if err := w.configure(); err != nil {
		return err
	}
	w.daemon = rig.NewDaemon(env.Daemon, w.site)
	var err error
	if w.cell, err = env.Cage.Confine(w.daemon); err != nil {
		return err
	}
	began = time.Now()
	if err := w.daemon.Start(ctx); err != nil {
		return err
	}
	_, err = rig.Until(ctx, time.Minute, "every mailbox is watched", func() bool {
		idle, err := w.count(ctx, "SELECT count(*) FROM mailbox_state WHERE state = 'idle'")
		return err == nil && idle == w.size.mailboxes
	})
	if err != nil {
		return fmt.Errorf("%w; the daemon's last words: %s", err, w.daemon.Journal.Tail(3))
	}
	o.Ready = time.Since(began)
	o.Before, err = lab.Look(w.daemon.PID())
	return err
}

// work delivers the mail and waits for its being stored and told.
func (w *world) work(ctx context.Context, o *outcome) error {
	first := max(0, w.size.parcels-w.size.mails/2)
	w.log.InfoContext(ctx, "delivering", "mails", w.size.mails, "over", w.size.over)
	last, took, err := w.deliver(ctx, first)
	if err != nil {
		return err
	}
	o.Delivered = took
	if _, err = rig.Until(ctx, 3*time.Minute, "all mails are stored", func() bool {
		o.Stored, err = w.count(ctx, "SELECT count(*) FROM mail")
		return err == nil && o.Stored >= w.size.mails
	}); err != nil {
		return fmt.Errorf("%w: %d of %d", err, o.Stored, w.size.mails)
	}
	o.Behind = time.Since(last)
	w.log.InfoContext(ctx, "waiting for the digest", "due", w.digest.Format(time.TimeOnly))
	if err := rig.Pause(ctx, time.Until(w.digest)); err != nil {
		return err
	}
	if _, err := rig.Until(ctx, 2*time.Minute, "the digest is sent", func() bool { return len(w.sink.Mails()) > 0 }); err != nil {
		return err
	}
	o.Digest = time.Since(w.digest)
	if o.Parcels, err = w.count(ctx, "SELECT count(*) FROM parcel"); err != nil {
		return err
	}
	for _, ending := range []string{"", "-wal"} {
		if f, err := os.Stat(w.site.Store + ending); err == nil {
			o.Database += f.Size()
		}
	}
	o.Asked = w.asked()
	o.Loaded, err = lab.Look(w.daemon.PID())
	return err
}

// settling is how long the runtime gets to give memory back before idling
// counts.
const settling = 20 * time.Second

// rest leaves the daemon alone.
func (w *world) rest(ctx context.Context, o *outcome) error {
	w.log.InfoContext(ctx, "leaving the daemon alone", "for", w.size.idle)
	if err := rig.Pause(ctx, settling); err != nil {
		return err
	}
	asked := w.asked()
	var err error
	if o.Idle[0], err = lab.Look(w.daemon.PID()); err != nil {
		return err
	}
	if err := rig.Pause(ctx, w.size.idle); err != nil {
		return err
	}
	o.Idle[1], err = lab.Look(w.daemon.PID())
	o.IdleAsked = w.asked() - asked
	return err
}

func (w *world) asked() int {
	return w.posts.Asked("global") + w.posts.Asked("gtt.api") + w.posts.Asked("rtm34")
}

// count asks the store beside the daemon.
func (w *world) count(ctx context.Context, query string) (int, error) {
	s, err := rig.OpenStore(ctx, w.site.Store)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	return s.Count(ctx, query)
}
