package fuzz

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
)

// Run is the chapter: every target for a set time, as many at once as there are
// processors.
func Run(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	each := env.Fuzz
	if each == 0 {
		each = time.Duration(env.Pick(1, 2, 60)) * time.Second
	}
	c := report.Chapter{
		Name: "fuzz", Title: "Fuzz targets",
		Intro: fmt.Sprintf("Every fuzz target for %s on one processor. What makes one fail is kept as a seed in its package's `testdata/fuzz`.", each),
	}
	targets, err := Targets(ctx, "parcelwatch/...")
	if err != nil {
		return c, err
	}
	results := make([]Result, len(targets))
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for i, t := range targets {
		g.Go(func() error {
			env.Log.InfoContext(within, "fuzzing", "package", t.Short(), "target", t.Name)
			var err error
			results[i], err = Try(within, t, each)
			return err
		})
	}
	err = g.Wait()
	c.Tables = append(c.Tables, table(results))
	execs, idle := 0, 0
	for _, r := range results {
		execs += r.Execs
		if r.Execs == 0 {
			idle++
		}
		if r.Failed != "" {
			c.Find(false, r.Short()+" "+r.Name+" finds nothing", "seed %s: %s", r.Seed, r.Failed)
		}
	}
	c.Find(c.OK() && err == nil, "no target fails", "%d targets, %d inputs", len(targets), execs)
	c.Find(idle == 0, "every target has tried inputs", "%d have tried none", idle)
	return c, err
}

func table(results []Result) report.Table {
	t := report.Table{Columns: []string{"package", "target", "inputs tried", "new interesting ones", "failed"}}
	for _, r := range results {
		failed := "no"
		if r.Failed != "" {
			failed = "**" + r.Seed + "**"
		}
		t.Row(r.Short(), r.Name, strconv.Itoa(r.Execs), strconv.Itoa(r.Interesting), failed)
	}
	return t
}
