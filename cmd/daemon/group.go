package main

import (
	"context"
	"sync"
)

// group owns goroutines: the first that fails ends them all, and wait waits for
// every one of them.
type group struct {
	ctx    context.Context //nolint:containedctx // the group is the life of its goroutines
	cancel context.CancelFunc
	wg     sync.WaitGroup
	once   sync.Once
	first  error
}

func newGroup(ctx context.Context) *group {
	g := &group{}
	g.ctx, g.cancel = context.WithCancel(ctx)
	return g
}

// run starts a goroutine. Its end without an error ends nobody else.
func (g *group) run(work func(ctx context.Context) error) {
	g.wg.Go(func() {
		if err := work(g.ctx); err != nil {
			g.once.Do(func() { g.first = err })
			g.cancel()
		}
	})
}

// wait waits for all and returns the first failure.
func (g *group) wait() error {
	g.wg.Wait()
	g.cancel()
	return g.first
}
