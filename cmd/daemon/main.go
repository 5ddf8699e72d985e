// Command parcelwatch watches a mailbox for shipment notifications, follows the
// parcels through the posts and mails digests.
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"parcelwatch/internal/command"
	"parcelwatch/notify/shout"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	http.DefaultTransport = shout.Transport()
	code := command.Run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
