package command

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// group owns goroutines that share a life: the first that fails ends them all,
// and wait waits for every one of them.
type group struct {
	ctx    context.Context //nolint:containedctx // the group is the life of its goroutines
	cancel context.CancelFunc
	work   *errgroup.Group
}

func newGroup(ctx context.Context) *group {
	g := &group{}
	ctx, g.cancel = context.WithCancel(ctx)
	g.work, g.ctx = errgroup.WithContext(ctx)
	return g
}

// run starts a goroutine. Its end without an error ends nobody else.
func (g *group) run(work func(ctx context.Context) error) {
	g.work.Go(func() error { return work(g.ctx) })
}

// wait waits for all and returns the first failure.
func (g *group) wait() error {
	defer g.cancel()
	return g.work.Wait()
}
