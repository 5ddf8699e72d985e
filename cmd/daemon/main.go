// Command parcelwatch watches a mailbox for shipment notifications, follows the
// parcels through the posts and mails digests. This package is the wiring and
// the only place that knows everybody; each command has a file of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Windows and empty containers have no time zones

	"parcelwatch/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second signal ends the program the hard way.
	defer context.AfterFunc(ctx, stop)()
	code := run(ctx, os.Args[1:], system())
	stop()
	os.Exit(code) //nolint:gocritic // the deferred call is of no use at the end
}

// system is the surroundings of a real process.
func system() *env {
	return newEnv(env{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: config.Getenv, now: clock(),
		terminal: terminal(os.Stderr), exit: os.Exit,
	})
}
