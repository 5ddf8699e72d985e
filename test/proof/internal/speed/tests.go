//go:build linux

package speed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"parcelwatch/test/proof/internal/report"
)

var (
	// scheduled is what the simulation says of a schedule.
	scheduled = regexp.MustCompile(`(?m): (\S.*?) +(\d+) requests, median delay (\S+), of pickup and delivery (\S+)$`)
	// answered is what the crowd says of itself.
	answered = regexp.MustCompile(`(?m): (\d+ parcels known after .*)$`)

	errSilent = errors.New("the test says no figures")
)

// simulation plays the journeys of package tracker against several schedules.
func simulation(ctx context.Context) (report.Table, error) {
	t := report.Table{
		Title:   "Twelve simulated journeys, by our schedule and by fixed ones",
		Columns: []string{"schedule", "requests", "median delay of all events", "of pickup and delivery"},
	}
	out, err := tell(ctx, "TestSimulationAsksLittleAndKnowsSoon", "parcelwatch/tracker")
	if err != nil {
		return t, err
	}
	for _, m := range scheduled.FindAllStringSubmatch(out, -1) {
		t.Row(m[1], m[2], m[3], m[4])
	}
	if len(t.Rows) == 0 {
		return t, fmt.Errorf("simulate schedules: %w", errSilent)
	}
	return t, nil
}

// crowd asks posts over the network about a thousand due parcels.
func crowd(ctx context.Context, t *report.Table) error {
	out, err := tell(ctx, "TestAThousandDueParcelsOverTheNetwork", "parcelwatch/test/story")
	if err != nil {
		return err
	}
	m := answered.FindStringSubmatch(out)
	if m == nil {
		return fmt.Errorf("ask about a thousand parcels: %w", errSilent)
	}
	t.Row("1,000 due parcels, posts with 200 ms answers (the rest waits for a budget's next day)", m[1])
	return nil
}

// tell runs a test and returns what it says.
func tell(ctx context.Context, test, pkg string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-v", "-run", "^"+test+"$", pkg)
	cmd.Env = append(os.Environ(), "PARCELWATCH_RIG=1")
	out, err := output(cmd)
	if err != nil {
		return "", fmt.Errorf("%s: %w", test, err)
	}
	return string(out), nil
}

// program builds the program as it is shipped and looks at its size.
func program(ctx context.Context, dir string, t *report.Table) error {
	top, err := output(exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}"))
	if err != nil {
		return fmt.Errorf("find the sources: %w", err)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(strings.TrimSpace(string(top)), "packaging", "build.sh"), dir)
	cmd.Env = append(os.Environ(), "TARGETS=linux/amd64")
	if _, err := output(cmd); err != nil {
		return fmt.Errorf("build the program as it is shipped: %w", err)
	}
	info, err := os.Stat(filepath.Join(dir, "parcelwatch-linux-amd64"))
	if err != nil {
		return fmt.Errorf("look at the program: %w", err)
	}
	t.Row("the program, as released", Scale{1 << 20, "MB"}.show(float64(info.Size())))
	return nil
}
