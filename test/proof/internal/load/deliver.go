package load

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/sync/errgroup"

	"parcelwatch/test/rig"
)

// post is one mail for one mailbox.
type post struct{ user, text string }

// deliver hands the mails to the server by LMTP, evenly over the time there is,
// and returns when the last was taken and how long all took.
func (w *world) deliver(ctx context.Context, first int) (last time.Time, took time.Duration, err error) {
	const connections = 4
	began := time.Now()
	waiting := make(chan post)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(waiting)
		for i := range w.size.mails {
			due := began.Add(w.size.over * time.Duration(i) / time.Duration(w.size.mails))
			if err := rig.Pause(ctx, time.Until(due)); err != nil {
				return err
			}
			letter := rig.Letter{Number: rig.Number(first+i, "CN"), Order: rig.Order(first + i), Step: "collected by the carrier", Sent: time.Now(), Copy: i}
			select {
			case waiting <- post{box(i % w.size.mailboxes), letter.Text()}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range connections {
		g.Go(func() error { return w.carry(ctx, waiting) })
	}
	err = g.Wait()
	return time.Now(), time.Since(began), err
}

// carry is one connection of the delivering mail server.
func (w *world) carry(ctx context.Context, waiting <-chan post) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(w.server.Port+2))
	if err != nil {
		return fmt.Errorf("deliver by LMTP: %w", err)
	}
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }()
	for p := range waiting {
		if err := c.SendMail("shop@example.org", []string{p.user + "@rig.test"}, strings.NewReader(p.text)); err != nil {
			return fmt.Errorf("deliver by LMTP to %s: %w", p.user, err)
		}
	}
	return nil
}
