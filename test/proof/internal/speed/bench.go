package speed

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Values are what benchmarks reported, the least of all rounds.
type Values map[Metric]float64

// add keeps the lesser of what is known and what is new: other work on the
// machine only ever adds.
func (v Values) add(m Metric, value float64) {
	if old, ok := v[m]; !ok || value < old {
		v[m] = value
	}
}

// merge adds all of another run.
func (v Values) merge(other Values) {
	for m, value := range other {
		v.add(m, value)
	}
}

// Parse reads what a test binary prints of its benchmarks.
func Parse(out []byte) (Values, error) {
	v := Values{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if at := strings.LastIndexByte(name, '-'); at > 0 { // how many processors
			if _, err := strconv.Atoi(name[at+1:]); err == nil {
				name = name[:at]
			}
		}
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("read benchmark %s: %w", name, err)
			}
			v.add(Metric{name, fields[i+1]}, value)
		}
	}
	return v, lines.Err()
}

// bench is a package's test program, built once.
type bench struct {
	program string
	folder  string // where it runs, as go test would run it
}

// build builds the test programs of packages into dir.
func build(ctx context.Context, dir string, packages []string) (map[string]bench, error) {
	list, err := output(exec.CommandContext(ctx, "go", append([]string{"list", "-f", "{{.ImportPath}}\t{{.Dir}}"}, packages...)...))
	if err != nil {
		return nil, fmt.Errorf("find packages: %w", err)
	}
	if _, err := output(exec.CommandContext(ctx, "go", append([]string{"test", "-c", "-o", dir + string(filepath.Separator)}, packages...)...)); err != nil {
		return nil, fmt.Errorf("build benchmarks: %w", err)
	}
	out := map[string]bench{}
	for line := range strings.Lines(string(list)) {
		name, folder, _ := strings.Cut(strings.TrimSpace(line), "\t")
		out[name] = bench{program: filepath.Join(dir, path.Base(name)+".test"), folder: folder}
	}
	return out, nil
}

// run runs the benchmarks of these names once.
func (b bench) run(ctx context.Context, names []string, benchtime string) (Values, error) {
	var patterns []string
	for _, name := range names {
		parts := strings.Split("Benchmark"+name, "/")
		for i := range parts {
			parts[i] = "^" + parts[i] + "$"
		}
		patterns = append(patterns, strings.Join(parts, "/"))
	}
	cmd := exec.CommandContext(ctx, b.program, "-test.run=^$", "-test.bench="+strings.Join(patterns, "|"), "-test.benchtime="+benchtime, "-test.benchmem", "-test.timeout=10m")
	cmd.Dir = b.folder
	cmd.Env = append(os.Environ(), "PARCELWATCH_RIG=1")
	out, err := output(cmd)
	if err != nil {
		return nil, fmt.Errorf("benchmarks %s: %w", strings.Join(names, ", "), err)
	}
	return Parse(out)
}

// output runs a command; its words are in the error where it fails.
func output(cmd *exec.Cmd) ([]byte, error) {
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", filepath.Base(cmd.Path), err), errors.New(string(tail(append(out, errs.Bytes()...)))))
	}
	return out, nil
}

// tail is as much of an output as fits an error.
func tail(out []byte) []byte {
	const most = 2000
	return out[max(0, len(out)-most):]
}
