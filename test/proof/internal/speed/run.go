//go:build linux

package speed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/outside"
	"parcelwatch/test/proof/internal/report"
)

// Run is the chapter: the ratios against the committed ones, then the figures
// that have nothing to be compared with.
func Run(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	c := report.Chapter{
		Name: "speed", Title: "Speed",
		Intro: "Each part beside the bare work that nobody could do without, in turns, the best of several rounds. A ratio hardly " +
			"depends on the machine. One that is worse than the committed one by half is a failure, here and in CI.",
	}
	if err := outside.Measure(ctx, env, &c); err != nil {
		return c, err
	}
	if env.Only != "" {
		return c, nil
	}
	dir, err := env.Folder("speed")
	if err != nil {
		return c, err
	}
	held, err := Committed()
	if err != nil {
		return c, err
	}
	figures := Figures()
	if env.Quick {
		figures = slices.DeleteFunc(figures, func(f Figure) bool { return f.Slow })
	}
	told := func(what string) { env.Log.InfoContext(ctx, "measuring", "what", what) }
	plan := Plan{Dir: dir, Rounds: env.Pick(4, 5, 12), Turn: 100 * time.Millisecond, Told: told}
	list, values, err := Guard(ctx, figures, held, plan)
	if err != nil {
		return c, err
	}
	c.Tables = append(c.Tables, ratioTable(list))
	for _, v := range list {
		c.Find(v.OK(), v.Name+" within half of the committed ratio", "%.2f times, committed %.2f", v.Ratio, v.Committed)
	}
	if env.Quick {
		return c, nil
	}
	told("figures with nothing beside them")
	if err := more(ctx, dir, values); err != nil {
		return c, err
	}
	plain := plainTable(values)
	if err := program(ctx, dir, &plain); err != nil {
		return c, err
	}
	if err := crowd(ctx, &plain); err != nil {
		return c, err
	}
	c.Tables = append(c.Tables, plain)
	schedule, err := simulation(ctx)
	c.Tables = append(c.Tables, schedule)
	return c, err
}

func ratioTable(list []Verdict) report.Table {
	t := report.Table{
		Title:   "Ratios to the bare work",
		Columns: []string{"what", "measured", "beside it", "baseline", "ratio", "committed", "verdict"},
	}
	for _, v := range list {
		verdict := "holds"
		if !v.OK() {
			verdict = "**worse by more than half**"
		}
		t.Row(v.Name, v.Scale.show(v.Measured), v.Against, v.Scale.show(v.Baseline), fmt.Sprintf("%.2f", v.Ratio), fmt.Sprintf("%.2f", v.Committed), verdict)
	}
	return t
}

// more runs the benchmarks that no ratio needs.
func more(ctx context.Context, dir string, values Values) error {
	var packages []string
	for _, f := range others() {
		if !slices.Contains(packages, f.pkg) {
			packages = append(packages, f.pkg)
		}
	}
	built, err := build(ctx, dir, packages)
	if err != nil {
		return err
	}
	for _, f := range others() {
		if f.benchtime == "" {
			continue
		}
		name := strings.ReplaceAll(f.metric.Bench, "*", ".*")
		got, err := built[f.pkg].run(ctx, []string{name}, f.benchtime)
		if err != nil {
			return err
		}
		values.merge(got)
	}
	return nil
}

func plainTable(values Values) report.Table {
	t := report.Table{Title: "Plain figures", Columns: []string{"what", "measured"}}
	list := plainFigures()
	for _, f := range others() {
		list = append(list, f.plain)
	}
	for _, p := range list {
		if value, ok := p.find(values); ok {
			t.Row(p.name, p.scale.show(value))
		}
	}
	return t
}
