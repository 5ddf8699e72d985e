//go:build linux

// Package kill ends the daemon by SIGKILL at the worst moments while mail
// arrives in a real Dovecot, posts answer and digests go out, looks at the store
// after each of them, and counts in the end: every mail a notice exactly once,
// every change told, nothing told twice but under the same Message-ID.
package kill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/rig"
)

// mailEvery keeps the news of a minute below what a digest lists one by one.
const mailEvery = 550 * time.Millisecond

// Run is the chapter.
func Run(ctx context.Context, env *lab.Env) (c report.Chapter, err error) {
	kills := env.Pick(20, 100, 1000)
	c = report.Chapter{
		Title: "Killed",
		Intro: fmt.Sprintf("The daemon is ended by SIGKILL %d times while mail arrives in a real Dovecot by LMTP, three posts answer, and %d people get\n"+
			"a digest every minute. After each kill the store is opened from outside and looked at page by page.", kills, audiences),
	}
	if err := lab.Need("dovecot", "openssl"); err != nil {
		return c, err
	}
	w, err := open(ctx, env)
	if err != nil {
		return c, err
	}
	defer func() {
		if cerr := w.close(ctx); err == nil {
			err = cerr
		}
	}()
	parcels := env.Pick(30, 120, 1500)
	t := &tally{quota: newQuota(kills)}
	mailing, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	g.Go(func() error {
		defer stop() // a mail server that fails ends the kills, too
		return w.deliver(mailing, parcels, mailEvery)
	})
	err = w.kills(ctx, kills, t)
	stop()
	if derr := g.Wait(); err == nil {
		err = derr
	}
	if err == nil {
		err = w.settle(ctx)
	}
	err = errors.Join(err, w.daemon.Journal.Save(filepath.Join(env.Dir, "logs", "kill.log")))
	t.fill(&c)
	if err != nil {
		return c, err
	}
	return c, w.verdict(ctx, &c)
}

// tally is what the kills showed.
type tally struct {
	*quota

	unsound []string
	lost    []string
}

// kills starts and kills the daemon again and again.
func (w *world) kills(ctx context.Context, n int, t *tally) error {
	recorded := 0
	for i := range n {
		// Digests fall due with the minute; a restart goes on with those left.
		at := t.next(time.Now().Second() < 15)
		m := t.all[at]
		from := w.daemon.Journal.Len()
		if err := w.daemon.Start(ctx); err != nil {
			return err
		}
		came, err := m.reach(ctx, w, from)
		if err != nil {
			return fmt.Errorf("kill %d, %s: %w", i+1, m.name, err)
		}
		err = w.daemon.Kill()
		w.release()
		if err != nil {
			return fmt.Errorf("kill %d, %s: %w", i+1, m.name, err)
		}
		t.count(at, came)
		if recorded, err = w.inspect(ctx, t, recorded); err != nil {
			return err
		}
		if (i+1)%20 == 0 {
			w.env.Log.InfoContext(ctx, "killed", "times", i+1, "of", n, "mails", len(w.delivered()), "recorded", recorded, "digests", len(w.sink.Mails()))
		}
	}
	return nil
}

// inspect looks at what the kill has left.
func (w *world) inspect(ctx context.Context, t *tally, before int) (recorded int, err error) {
	if _, err := os.Stat(w.daemon.Site.Store); err != nil {
		return 0, nil // killed before there was a store
	}
	s, err := rig.OpenStore(ctx, w.daemon.Site.Store)
	if err != nil {
		return before, err
	}
	defer s.Close()
	if err := s.Check(ctx); err != nil {
		t.unsound = append(t.unsound, err.Error())
	}
	if recorded, err = s.Count(ctx, "SELECT count(*) FROM mail"); err != nil && before == 0 {
		return 0, nil // killed before the tables were made
	}
	if err != nil {
		return before, err
	}
	if recorded < before {
		t.lost = append(t.lost, fmt.Sprintf("%d mails on record, %d before", recorded, before))
	}
	return recorded, nil
}
