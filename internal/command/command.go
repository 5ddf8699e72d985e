// Package command holds the commands of parcelwatch, one file each, with the environment
// they share, the command line and the exit statuses. It must not handle interrupts: the
// caller of Run ends the context.
package command

import (
	"context"
	"os"
	_ "time/tzdata" // Windows and empty containers have no time zones

	"parcelwatch/config"
)

// Run runs the command that args name in the environment of this process and
// returns the exit status.
func Run(ctx context.Context, args []string) int { return run(ctx, args, system()) }

func system() *env {
	return newEnv(env{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: config.Getenv, now: clock(),
		terminal: terminal(os.Stderr), exit: os.Exit,
	})
}
