// Command parcelwatch watches a mailbox for shipment notifications, follows the
// parcels through the posts and mails digests.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"parcelwatch/internal/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	code := command.Run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
