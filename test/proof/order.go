//go:build linux

package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
)

// order runs chapters one after another. Where all are wanted, which would take
// half an hour, those that mostly wait run side by side: while the worlds of
// load idle, the others have the machine.
func (*cli) order(ctx context.Context, env *lab.Env, run []chapter, found *report.Report) {
	var lock sync.Mutex
	one := func(env *lab.Env, name string) {
		i := slices.IndexFunc(run, func(c chapter) bool { return c.name == name })
		if i < 0 {
			return
		}
		out := tried(ctx, env, run[i])
		lock.Lock()
		defer lock.Unlock()
		found.Put(out)
	}
	if len(run) < len(chapters()) {
		for _, c := range run {
			one(env, c.name)
		}
		return
	}
	one(env, "speed")
	idle := make(chan struct{})
	busy := *env
	busy.Idling = sync.OnceFunc(func() { close(idle) })
	var lanes sync.WaitGroup
	lanes.Go(func() {
		defer busy.Idling() // also where load could not be run
		one(&busy, "load")
	})
	lanes.Go(func() { <-idle; one(env, "kill"); one(env, "power") })
	lanes.Go(func() { <-idle; one(env, "faults"); one(env, "abuse"); one(env, "leaks") })
	lanes.Wait()
	one(env, "scale") // which needs the whole machine too
}

// tried is what came of one chapter.
func tried(ctx context.Context, env *lab.Env, c chapter) report.Chapter {
	began := time.Now()
	env.Log.InfoContext(ctx, "chapter begins", "name", c.name, "mode", env.Mode())
	out, err := c.run(ctx, env)
	out.Name, out.Mode, out.At, out.Took = c.name, env.Mode(), began.UTC().Truncate(time.Second), time.Since(began).Round(time.Millisecond)
	if err != nil {
		env.Log.ErrorContext(ctx, "chapter ends", "name", c.name, "took", out.Took, "err", err.Error())
		out.Find(false, "the chapter runs to its end", "%v", err)
	}
	env.Log.InfoContext(ctx, "chapter ends", "name", c.name, "took", out.Took, "ok", out.OK())
	return out
}
