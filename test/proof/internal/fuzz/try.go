package fuzz

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Result is what came of one target.
type Result struct {
	Target

	Execs       int
	Interesting int    // new inputs that reached new code
	Failed      string // what the target said, where it failed
	Seed        string // the input that made it fail, where there is one
}

var (
	progress = regexp.MustCompile(`(?m)^fuzz: elapsed: \S+, execs: (\d+) .*new interesting: (\d+)`)
	overtime = regexp.MustCompile(`(?m)^--- FAIL: Fuzz\S+ \([0-9.]+s\)\n    context deadline exceeded\n`)
	seed     = regexp.MustCompile(`Failing input written to (\S+)`)
)

// Program is a package's test program, made for fuzzing.
type Program struct {
	file, cache string
}

// Build builds the test program of a target's package into dir. What it finds
// interesting is kept there too: another run's would make this one slower the
// longer somebody has fuzzed on this machine.
func Build(ctx context.Context, dir string, t Target) (Program, error) {
	name := strings.ReplaceAll(t.Short(), "/", "-")
	p := Program{file: filepath.Join(dir, name+".test"), cache: filepath.Join(dir, name+".cache")}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-fuzz=.", "-o", p.file, ".")
	cmd.Dir = t.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return p, fmt.Errorf("build the fuzz targets of %s: %w: %s", t.Short(), err, tail(string(out)))
	}
	return p, nil
}

// Try lets a target run for a while on one processor.
func (p Program) Try(ctx context.Context, t Target, d time.Duration) (Result, error) {
	// The minimizing of an input that is merely interesting is bounded, for it
	// counts towards no time.
	cmd := exec.CommandContext(ctx, p.file, "-test.run=^$", "-test.fuzz=^"+t.Name+"$", "-test.fuzztime="+d.String(),
		"-test.fuzzminimizetime=50x", "-test.parallel=1", "-test.fuzzcachedir="+p.cache)
	cmd.Dir = t.Dir
	out, err := cmd.CombinedOutput()
	r := Read(t, string(out))
	if exit := (*exec.ExitError)(nil); err != nil && (ctx.Err() != nil || !errors.As(err, &exit)) {
		return r, fmt.Errorf("fuzz %s %s: %w", t.Short(), t.Name, err)
	}
	if err != nil {
		r.Failed = Failure(string(out))
	}
	return r, nil
}

// Read reads what go test prints of a fuzz target.
func Read(t Target, out string) Result {
	r := Result{Target: t}
	for _, m := range progress.FindAllStringSubmatch(out, -1) {
		r.Execs, _ = strconv.Atoi(m[1])
		r.Interesting, _ = strconv.Atoi(m[2])
	}
	if m := seed.FindStringSubmatch(out); m != nil {
		r.Seed = m[1]
	}
	return r
}

// Failure is what a target that ended badly said, bounded; empty where only its
// time ran out while the engine waited for a worker, which the engine of Go 1.26
// tells as a failure (https://go.dev/issue/75804).
func Failure(out string) string {
	if overtime.MatchString(out) && !seed.MatchString(out) {
		return ""
	}
	return tail(out)
}

// tail is as much of an output as fits a report.
func tail(out string) string {
	const most = 600
	return strings.TrimSpace(out[max(0, len(out)-most):])
}
