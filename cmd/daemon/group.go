package main

import (
	"context"
	"sync"
)

// group owns goroutines: the first that fails ends them all, and wait waits for
// every one of them.
type group struct {
	ctx    context.Context //nolint:containedctx // the group is the life of its goroutines
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
}

func newGroup(ctx context.Context) *group {
	g := &group{}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	return g
}

// run starts a goroutine. Its end without an error ends nobody else.
func (g *group) run(work func(ctx context.Context) error) {
	g.wg.Go(func() {
		if err := work(g.ctx); err != nil {
			g.cancel(err)
		}
	})
}

// wait waits for all and returns the first failure, or nil where they ended
// because they were told to.
func (g *group) wait() error {
	g.wg.Wait()
	err := context.Cause(g.ctx)
	g.cancel(nil)
	if err == context.Canceled || g.ctx.Err() == nil { //nolint:errorlint // the cause itself: a failure may wrap it
		return nil
	}
	return err
}
