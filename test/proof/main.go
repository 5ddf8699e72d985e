//go:build linux

// Command proof tries what the program promises: the built program against real
// servers on loopback, killed, starved, lied to, under load. It needs what
// test/rig needs, and root. It prints its report as Markdown and ends with 1
// where a promise does not hold.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"parcelwatch/test/proof/internal/abuse"
	"parcelwatch/test/proof/internal/faults"
	"parcelwatch/test/proof/internal/kill"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/leaks"
	"parcelwatch/test/proof/internal/load"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/proof/internal/scale"
	"parcelwatch/test/proof/internal/speed"
	"parcelwatch/test/rig"
)

type cli struct {
	Chapters []string      `arg:"" optional:"" help:"What to try: kill power faults abuse load leaks scale speed, or all; report only writes down what --from says." default:"all"`
	Quick    bool          `help:"Only a few minutes in all, for CI."`
	Long     bool          `help:"1,000 kills, 2,000 power cuts, an hour of idling."`
	Only     string        `help:"Of the faults and floods, only those whose part and name hold this text."`
	Limit    time.Duration `help:"End after this time; 40 minutes, or 4 hours with --long, where left out."`
	From     []string      `help:"Figures of earlier runs to take into the report, as --json wrote them." type:"path"`
	Then     string        `help:"Another build of the program, which speed measures beside this one." type:"path"`
	JSON     string        `name:"json" help:"Write the figures to this file." type:"path"`
	Markdown string        `help:"Write the report to this file, instead of printing it." type:"path"`
	Dir      string        `help:"Work in this folder and keep it; a temporary one that goes where left out." type:"path"`
}

// chapter is one part of the proof.
type chapter struct {
	name string
	run  func(ctx context.Context, env *lab.Env) (report.Chapter, error)
}

// chapters are all there are, in the order of the report.
func chapters() []chapter {
	return []chapter{
		{"kill", kill.Run},
		{"power", kill.Power},
		{"faults", faults.Run},
		{"abuse", abuse.Run},
		{"load", load.Run},
		{"leaks", leaks.Run},
		{"scale", scale.Run},
		{"speed", speed.Run},
	}
}

func main() {
	var c cli
	kong.Parse(&c, kong.Name("proof"), kong.Description("Try what the program promises, against real servers on loopback."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := c.prove(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
}

var errBroken = errors.New("a promise does not hold")

// prove runs the chapters and writes the report, also of what did not hold.
func (c *cli) prove(ctx context.Context) error {
	run, err := c.selected()
	if err != nil {
		return err
	}
	found := report.Report{Schema: 1, Machine: report.ThisMachine()}
	if len(run) > 0 {
		if err := c.try(ctx, run, &found); err != nil {
			return err
		}
	}
	if c.JSON != "" {
		if err := write(c.JSON, found.JSON); err != nil {
			return err
		}
	}
	if found, err = c.together(found); err != nil {
		return err
	}
	if c.Markdown != "" {
		err = write(c.Markdown, found.Markdown)
	} else {
		err = found.Markdown(os.Stdout)
	}
	for _, one := range found.Chapters {
		if !one.OK() {
			err = errors.Join(err, fmt.Errorf("%s: %w", one.Name, errBroken))
		}
	}
	return err
}

// selected is the chapters asked for.
func (c *cli) selected() ([]chapter, error) {
	if slices.Contains(c.Chapters, "all") {
		return chapters(), nil
	}
	var out []chapter
	for _, name := range c.Chapters {
		i := slices.IndexFunc(chapters(), func(one chapter) bool { return one.name == name })
		switch {
		case i >= 0:
			out = append(out, chapters()[i])
		case name != "report":
			return nil, fmt.Errorf("there is no chapter %q", name)
		}
	}
	return out, nil
}

// together joins what was found now with the figures on file.
func (c *cli) together(found report.Report) (report.Report, error) {
	all := make([]report.Report, 0, len(c.From)+1)
	for _, file := range c.From {
		r, err := report.Read(file)
		if err != nil {
			return found, err
		}
		all = append(all, r)
	}
	out, err := report.Merge(append(all, found)...)
	order := make([]string, 0, len(chapters()))
	for _, one := range chapters() {
		order = append(order, one.name)
	}
	out.Sort(order)
	return out, err
}

// try runs chapters. What cannot be tried is a finding of its chapter.
func (c *cli) try(ctx context.Context, run []chapter, found *report.Report) error {
	limit := c.Limit
	if limit == 0 {
		limit = 40 * time.Minute
		if c.Long {
			limit = 4 * time.Hour
		}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	env, clean, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	if found.Program, err = env.Version(ctx); err != nil {
		return err
	}
	c.order(ctx, env, run, found)
	return nil
}

// prepare makes the folder and builds the program. clean removes a folder that
// nobody asked to keep.
func (c *cli) prepare(ctx context.Context) (env *lab.Env, clean func(), err error) {
	dir, clean := c.Dir, func() {}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "parcelwatch-proof-"); err != nil {
			return nil, nil, fmt.Errorf("make folder: %w", err)
		}
		clean = func() { _ = os.RemoveAll(dir) }
	}
	env = &lab.Env{Dir: dir, Quick: c.Quick, Long: c.Long, Then: c.Then, Only: c.Only, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if err = os.MkdirAll(dir, 0o755); err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err == nil {
		env.Cage, err = lab.FindCage()
	}
	if err == nil {
		env.Daemon, err = rig.Build(ctx, env.Dir, "")
	}
	if err != nil {
		clean()
		return nil, nil, fmt.Errorf("prepare: %w", err)
	}
	return env, clean, nil
}

func write(file string, to func(io.Writer) error) error {
	f, err := os.Create(filepath.Clean(file))
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := errors.Join(to(f), f.Close()); err != nil {
		return fmt.Errorf("write the report: %s: %w", file, err)
	}
	return nil
}
