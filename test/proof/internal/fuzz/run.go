package fuzz

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
)

// patience is how many times longer a target runs whose seeds take all its time.
const patience = 15

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
	dir, err := env.Folder("fuzz")
	if err != nil {
		return c, err
	}
	results, err := all(ctx, env, dir, targets, each)
	c.Tables = append(c.Tables, table(results))
	execs, idle := 0, 0
	for _, r := range results {
		execs += r.Execs
		if r.Execs == 0 && r.Failed == "" {
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

// all tries the targets, those of one package after another.
func all(ctx context.Context, env *lab.Env, dir string, targets []Target, each time.Duration) ([]Result, error) {
	results := make([]Result, len(targets))
	of := map[string][]int{}
	for i, t := range targets {
		of[t.Package] = append(of[t.Package], i)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for _, pkg := range slices.Sorted(maps.Keys(of)) {
		g.Go(func() error {
			program, err := Build(ctx, dir, targets[of[pkg][0]])
			if err != nil {
				return err
			}
			for _, i := range of[pkg] {
				t := targets[i]
				env.Log.InfoContext(ctx, "fuzzing", "package", t.Short(), "target", t.Name)
				if results[i], err = program.Try(ctx, t, each); err == nil && results[i].Execs == 0 && results[i].Failed == "" {
					// The time went by while it ran its seeds.
					results[i], err = program.Try(ctx, t, patience*each)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return results, g.Wait()
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
