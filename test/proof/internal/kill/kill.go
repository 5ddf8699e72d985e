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
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/disk"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/rig"
)

// mailEvery keeps the news of a minute below what a digest lists one by one, and new numbers
// below what the posts may be asked: once a second while the daemon lives.
const mailEvery = 900 * time.Millisecond

// Run is the chapter.
func Run(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	kills := env.Pick(20, 100, 1000)
	c := report.Chapter{
		Title: "Killed",
		Intro: fmt.Sprintf("The daemon is ended by SIGKILL %d times while mail arrives in a real Dovecot by LMTP, two posts answer, and %d people get\n"+
			"a digest every minute. After each kill the store is opened from outside and looked at page by page.", kills, audiences),
	}
	return try(ctx, env, c, trial{name: "kill", ends: kills, parcels: env.Pick(30, 120, 1500)})
}

// trial is how the daemon is ended again and again.
type trial struct {
	name    string
	ends    int // how often
	parcels int // that mail may tell of until then
	disk    *disk.Disk
}

// try runs a trial and judges it.
func try(ctx context.Context, env *lab.Env, c report.Chapter, r trial) (_ report.Chapter, err error) {
	if err := lab.Need("dovecot", "openssl"); err != nil {
		return c, err
	}
	w, err := open(ctx, env, r)
	if err != nil {
		return c, err
	}
	defer func() {
		if cerr := w.close(ctx); err == nil {
			err = cerr
		}
	}()
	t := &tally{quota: newQuota(r.ends)}
	mailing, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	g.Go(func() error {
		defer stop() // a mail server that fails ends the kills, too
		return w.deliver(mailing, r.parcels, mailEvery)
	})
	err = w.kills(ctx, r.ends, t)
	stop()
	if derr := g.Wait(); err == nil {
		err = derr
	}
	if err == nil {
		err = w.settle(ctx)
	}
	err = errors.Join(err, w.daemon.Journal.Save(filepath.Join(env.Dir, "logs", r.name+".log")))
	t.fill(&c)
	if err != nil {
		return c, err
	}
	return c, w.verdict(ctx, &c)
}

// tally is what the kills showed.
type tally struct {
	*quota

	unsound  []string
	lost     []string
	promised int      // times that something acknowledged or told was looked for
	broken   []string // of them, those that were not found
}

// kills starts and kills the daemon n times, and up to n times more until every moment came.
func (w *world) kills(ctx context.Context, n int, t *tally) error {
	recorded := 0
	for i := 0; i < n || i < 2*n && len(t.missed()) > 0; i++ {
		// Digests fall due with the minute; a restart goes on with those left.
		at := t.next(time.Now().Second() < 15)
		m := t.all[at]
		w.calms(m.mailing)
		from := w.daemon.Journal.Len()
		if err := w.begins(); err != nil {
			return err
		}
		if err := w.daemon.Start(ctx); err != nil {
			return err
		}
		came, err := m.reach(ctx, w, from)
		if err != nil {
			return fmt.Errorf("kill %d, %s: %w", i+1, m.name, err)
		}
		err = w.end(ctx)
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
		return 0, w.acknowledged(ctx, nil, t) // killed before there was a store
	}
	s, err := rig.OpenStore(ctx, w.daemon.Site.Store)
	if err != nil {
		if before > 0 { // else the store was being made
			t.unsound = append(t.unsound, err.Error())
		}
		return before, w.acknowledged(ctx, nil, t)
	}
	defer s.Close()
	if err := s.Check(ctx); err != nil {
		t.unsound = append(t.unsound, err.Error())
	}
	if recorded, err = s.Count(ctx, "SELECT count(*) FROM mail"); err != nil && before == 0 {
		return 0, w.acknowledged(ctx, nil, t) // killed before the tables were made
	}
	if err != nil {
		return before, err
	}
	if recorded < before {
		t.lost = append(t.lost, fmt.Sprintf("%d mails on record, %d before", recorded, before))
	}
	return recorded, w.acknowledged(ctx, s, t)
}

// mailID is what the log says of a mail that is on record.
var mailID = regexp.MustCompile(`msg="mail recorded" mail_id=(\S+)`)

// acknowledged looks whether all that was acknowledged or told is on record: the mails that
// the log calls recorded, and the digests that the mail server has taken. Where there is no
// store nothing may be.
func (w *world) acknowledged(ctx context.Context, s *rig.Store, t *tally) (err error) {
	var mails, digests []string
	if s != nil {
		if mails, err = s.Texts(ctx, "SELECT mailbox || '/' || folder || '/' || uid FROM mail"); err != nil {
			return err
		}
		if digests, err = s.Texts(ctx, "SELECT id FROM message"); err != nil {
			return err
		}
	}
	missing := func(what, id string, among []string) {
		if t.promised++; !slices.Contains(among, id) {
			t.broken = append(t.broken, fmt.Sprintf("%s %s is not on record", what, id))
		}
	}
	for _, l := range w.daemon.Journal.Since(0) {
		if m := mailID.FindStringSubmatch(l.Text); m != nil {
			missing("the recorded mail", m[1], mails)
		}
	}
	for _, m := range distinct(w.sink.Mails()) {
		missing("the sent digest", strings.Trim(m.ID, "<>"), digests)
	}
	return nil
}
