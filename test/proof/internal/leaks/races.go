package leaks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
)

// races names the packages that CI runs under the race detector, and in the long
// mode runs them.
func races(ctx context.Context, env *lab.Env, c *report.Chapter) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "parcelwatch").Output()
	if err != nil {
		return fmt.Errorf("find the module: %w", err)
	}
	script, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), ".ci", "run"))
	if err != nil {
		return fmt.Errorf("read what CI does: %w", err)
	}
	list, err := exec.CommandContext(ctx, "go", "list", "parcelwatch/...").Output()
	if err != nil {
		return fmt.Errorf("list packages: %w", err)
	}
	raced, left, err := Raced(string(script), strings.Fields(string(list)))
	if err != nil {
		return err
	}
	t := report.Table{Title: "The race detector in CI", Columns: []string{"packages", "which"}}
	t.Row(strconv.Itoa(len(raced))+" raced", strings.Join(short(raced), ", "))
	t.Row(strconv.Itoa(len(left))+" left out, for they start other processes", strings.Join(short(left), ", "))
	c.Tables = append(c.Tables, t)
	if !env.Long {
		return nil
	}
	env.Log.InfoContext(ctx, "looking for races", "packages", len(raced))
	out, err := exec.CommandContext(ctx, "go", append([]string{"test", "-race", "-count=1", "-timeout=30m"}, raced...)...).CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.Find(err == nil, fmt.Sprintf("no race in the tests of %d packages", len(raced)), "%s", verdict(out, err))
	return nil
}

var (
	leftOut  = regexp.MustCompile(`(?m)^[^#\n]*grep -vE '([^']+)'[^\n]*go test -race`)
	errNoWay = errors.New("CI's script does not say which packages are raced")
)

// Raced divides packages into those that CI's script runs under the race
// detector and those it leaves out.
func Raced(script string, packages []string) (raced, left []string, err error) {
	m := leftOut.FindStringSubmatch(script)
	if m == nil {
		return nil, nil, errNoWay
	}
	out, err := regexp.Compile(m[1])
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errNoWay, err)
	}
	for _, p := range packages {
		if out.MatchString(p) {
			left = append(left, p)
		} else {
			raced = append(raced, p)
		}
	}
	return raced, left, nil
}

func short(packages []string) []string {
	out := make([]string, len(packages))
	for i, p := range packages {
		out[i] = strings.TrimPrefix(p, "parcelwatch/")
	}
	return out
}
