//go:build linux

package kill

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/lab"
)

// Cuts cuts the power a number of times while mail arrives, and returns what was lost.
func Cuts(ctx context.Context, env *lab.Env, cuts int) ([]string, error) {
	d, err := newDisk(env)
	if err != nil {
		return nil, err
	}
	w, err := open(ctx, env, trial{name: "power", disk: d})
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.close(ctx) }()
	mailing, stop := context.WithCancel(ctx)
	var g errgroup.Group
	g.Go(func() error { return w.deliver(mailing, 30, mailEvery) })
	t := &tally{quota: newQuota(cuts)}
	err = w.kills(ctx, cuts, t)
	stop()
	if derr := g.Wait(); err == nil {
		err = derr
	}
	return slices.Concat(t.broken, t.lost, t.unsound), err
}

// Quota is how kills are shared out.
type Quota struct{ q *quota }

// NewQuota shares out n kills.
func NewQuota(n int) Quota { return Quota{newQuota(n)} }

// Next is the moment to wait for.
func (q Quota) Next(mailing bool) int { return q.q.next(mailing) }

// Count books a kill.
func (q Quota) Count(i int, came bool) { q.q.count(i, came) }

// Each tells of every moment its name, share of 100, and kills left and done.
func (q Quota) Each(f func(name string, mailing bool, share, left, done int)) {
	for i, m := range q.q.all {
		f(m.name, m.mailing, m.share, q.q.left[i], q.q.done[i])
	}
}
