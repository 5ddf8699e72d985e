//go:build linux

package outside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// command is one command that is measured.
type command struct {
	name string
	args []string
}

func commands() []command {
	return []command{
		{"version", []string{"version"}}, // reads nothing: what every command needs
		{"status", []string{"status"}},
		{"status --quiet", []string{"status", "--quiet"}},
		{"list", []string{"list"}},
	}
}

const (
	digestParcels = 10_000
	news          = 1000 // that a digest tells
)

// measureCommands runs the commands on a store, each several times.
func (b *bench) measureCommands(ctx context.Context, p *program, d *rig.Daemon, parcels int) error {
	for range b.size.rounds {
		for _, c := range commands() {
			took, peak, err := run(ctx, d, c.args)
			if err != nil {
				return err
			}
			p.put(commandFigure(c.name, parcels), took.Seconds())
			p.put(commandMemory(c.name, parcels), mib(peak))
		}
		if parcels != digestParcels {
			continue
		}
		took, _, err := run(ctx, d, []string{"digest"})
		if err != nil {
			return err
		}
		p.put(digestTime, took.Seconds())
	}
	return nil
}

// run runs a command and returns how long it took and the most memory it had.
func run(ctx context.Context, d *rig.Daemon, args []string) (took time.Duration, peak int64, err error) {
	cmd := exec.CommandContext(ctx, d.Binary, append(args, "--config", d.Site.Config)...)
	cmd.Stdout = io.Discard
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", args[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			// 1 is what status says about a daemon that does not run.
			if exit := (*exec.ExitError)(nil); args[0] == "status" && errors.As(err, &exit) && exit.ExitCode() == 1 {
				err = nil
			}
			return time.Since(began), peak, err
		case <-time.After(2 * time.Millisecond):
			// The kernel's own count of a child's peak includes that of its parent.
			if u, err := lab.Look(cmd.Process.Pid); err == nil {
				peak = max(peak, u.Peak)
			}
		}
	}
}
