package mailwatch_test

import (
	"context"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch"
)

// TestFewConnectionsToOneServerAreOpenedAtATime: servers that never answer.
func TestFewConnectionsToOneServerAreOpenedAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var dialed, opening, elsewhere atomic.Int32
		silent := func(n *atomic.Int32) mailwatch.Account {
			return mailwatch.Account{
				Host: "localhost", Port: 143, TLS: netx.TLSNone, Retry: time.Hour,
				Auth: func(context.Context) (mailwatch.Credential, error) { return mailwatch.Credential{}, nil },
				Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
					n.Add(1)
					opening.Add(1)
					defer opening.Add(-1)
					<-ctx.Done()
					return nil, ctx.Err()
				},
			}
		}
		budget := mailwatch.NewBudget()
		var watchers sync.WaitGroup
		start := func(a mailwatch.Account) {
			w := mailwatch.New(a, newPositions(), mailwatch.Options{Budget: budget})
			watchers.Go(func() { _ = w.Run(ctx, nil) })
		}
		for i := range 40 {
			a := silent(&dialed)
			a.Name = "box" + strconv.Itoa(i)
			start(a)
		}
		synctest.Wait()
		if n := opening.Load(); n != 32 {
			t.Errorf("%d connections are being opened, want 32", n)
		}
		other := silent(&elsewhere)
		other.Name, other.Port = "other", 144
		start(other)
		synctest.Wait()
		if elsewhere.Load() != 1 {
			t.Error("another server has to wait")
		}
		time.Sleep(11 * time.Second) // the first ones have given up
		synctest.Wait()
		if dialed.Load() != 40 {
			t.Errorf("%d of 40 got their turn", dialed.Load())
		}
		cancel()
		watchers.Wait()
		if n := budget.Opening(); n != 0 {
			t.Errorf("%d servers are remembered", n)
		}
	})
}
