package speed

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Plan is how thoroughly is measured.
type Plan struct {
	Dir    string // for the test programs
	Rounds int
	Turn   time.Duration // of one benchmark in one round
	Told   func(string)  // hears how far it is
}

// pieces is into how many turns a round is cut where a benchmark starts at once:
// many short ones find the machine at rest sooner than a few long ones.
const pieces = 4

// times is how often a benchmark runs that takes seconds to set up: a count and
// no time, for a disk that is busy would leave too few to choose from.
const times = "150x"

// Measure runs the benchmarks behind figures and returns the least of every
// value. In each round a figure's work and its bare work follow each other, so
// that what else the machine does meets both.
func Measure(ctx context.Context, figures []Figure, plan Plan) (Values, error) {
	packages := packagesOf(figures)
	built, err := build(ctx, plan.Dir, packages)
	if err != nil {
		return nil, err
	}
	all := Values{}
	for round := range plan.Rounds {
		plan.Told(fmt.Sprintf("round %d of %d", round+1, plan.Rounds))
		for _, pkg := range packages {
			got, err := built[pkg].round(ctx, ofPackage(figures, pkg), plan, round)
			if err != nil {
				return nil, err
			}
			all.merge(got)
		}
	}
	return all, nil
}

// round is one package's part of a round.
func (b bench) round(ctx context.Context, figures []Figure, plan Plan, round int) (Values, error) {
	names := namesOf(figures)
	switch {
	case figures[0].Server && round > 0:
		return Values{}, nil // all its turns were taken around one server
	case figures[0].Server:
		return b.run(ctx, names, strconv.Itoa(3*plan.Rounds)+"x")
	case figures[0].Crowd:
		return b.run(ctx, names, times)
	}
	all := Values{}
	for range pieces {
		got, err := b.run(ctx, names, (plan.Turn / pieces).String())
		if err != nil {
			return nil, err
		}
		all.merge(got)
	}
	return all, nil
}

// packagesOf lists the packages of figures, each once.
func packagesOf(figures []Figure) []string {
	set := map[string]bool{}
	for _, f := range figures {
		set[f.Package] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func ofPackage(figures []Figure, pkg string) []Figure {
	return slices.DeleteFunc(slices.Clone(figures), func(f Figure) bool { return f.Package != pkg })
}

// namesOf lists the benchmarks of figures, each once.
func namesOf(figures []Figure) []string {
	var names []string
	for _, f := range figures {
		for _, m := range []Metric{f.Measured, f.Baseline} {
			if !slices.Contains(names, m.Bench) {
				names = append(names, m.Bench)
			}
		}
	}
	return names
}

// Guard measures figures and judges them. Those that fail are measured again,
// round by round, until they hold or the patience is at its end: a busy machine
// is no reason to fail, a slower program fails every time.
func Guard(ctx context.Context, figures []Figure, held Ratios, plan Plan) ([]Verdict, Values, error) {
	const patience = 4
	values, err := Measure(ctx, figures, plan)
	if err != nil {
		return nil, nil, err
	}
	plan.Rounds = 2
	for range patience {
		var again []Figure
		for _, v := range Judge(figures, values, held) {
			if !v.OK() {
				plan.Told(fmt.Sprintf("%s: %.2f times the bare work, %.2f committed: once more", v.Name, v.Ratio, v.Committed))
				again = append(again, v.Figure)
			}
		}
		if len(again) == 0 {
			break
		}
		more, err := Measure(ctx, again, plan)
		if err != nil {
			return nil, nil, err
		}
		values.merge(more)
	}
	return Judge(figures, values, held), values, nil
}
