package netx_test

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/internal/netx"
)

func guarded() (*netx.Guard, net.Conn) {
	client, server := net.Pipe()
	return netx.NewGuard(client, client, netx.Limits{Silence: time.Minute, Bytes: 1 << 20}), server
}

func TestGuardBoundsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, server := guarded()
		g.Step(netx.Limits{Silence: 20 * time.Second, Bytes: 1000})
		_ = g.SetReadDeadline(time.Time{}) // the library does this: wait forever
		start := time.Now()
		_, err := g.Read(make([]byte, 10))
		if !errors.Is(err, netx.ErrSilent) || time.Since(start) != 20*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if _, again := g.Read(make([]byte, 10)); !errors.Is(again, netx.ErrSilent) {
			t.Errorf("the cause is not kept: %v", again)
		}
		if _, err := g.Write([]byte("x")); !errors.Is(err, netx.ErrSilent) {
			t.Errorf("writing afterwards: %v", err)
		}
		if _, err := server.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the connection is still open: %v", err)
		}
	})
}

func TestGuardRearmsAReadThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, server := guarded()
		g.Step(netx.Limits{Silence: time.Hour, Bytes: 1000})
		failed := make(chan time.Time)
		go func() {
			_, _ = g.Read(make([]byte, 10))
			failed <- time.Now()
		}()
		time.Sleep(time.Minute)
		g.Step(netx.Limits{Silence: 20 * time.Second, Bytes: 1000})
		start := time.Now()
		if took := (<-failed).Sub(start); took != 20*time.Second {
			t.Errorf("noticed after %v", took)
		}
		_ = server.Close()
	})
}

func TestGuardBoundsAStepThatDrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, server := guarded()
		var dripping sync.WaitGroup
		defer dripping.Wait()
		dripping.Go(func() {
			for {
				if _, err := server.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(10 * time.Second)
			}
		})
		g.Step(netx.Limits{Silence: 20 * time.Second, Total: time.Minute, Bytes: 1000})
		start := time.Now()
		n, err := io.Copy(io.Discard, g)
		if !errors.Is(err, netx.ErrSilent) || time.Since(start) != time.Minute || n == 0 {
			t.Errorf("got %d bytes, %v after %v", n, err, time.Since(start))
		}
	})
}

func TestGuardBoundsTheBytesOfAStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, server := guarded()
		go func() {
			for {
				if _, err := server.Write(make([]byte, 100)); err != nil {
					return
				}
			}
		}()
		g.Step(netx.Limits{Silence: time.Second, Bytes: 1000})
		n, err := io.Copy(io.Discard, g)
		if !errors.Is(err, netx.ErrTooMuch) || n > 1000 {
			t.Errorf("got %d bytes, %v", n, err)
		}
	})
}

func TestGuardInAHurryEndsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, server := guarded()
		g.Step(netx.Limits{Silence: time.Hour, Bytes: 1000})
		time.AfterFunc(time.Minute, func() { g.Hurry(2 * time.Second) })
		start := time.Now()
		_, err := g.Read(make([]byte, 10))
		if !errors.Is(err, netx.ErrSilent) || time.Since(start) != time.Minute+2*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		g.Step(netx.Limits{Silence: time.Hour, Bytes: 1000}) // does not extend the time
		_ = server.Close()
	})
}

func TestGuardClosedByUsIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := guarded()
		_ = g.Close()
		if _, err := g.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
		if err := g.Failure(); err != nil {
			t.Errorf("failure: %v", err)
		}
	})
}

func TestTurnsBoundEachAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		g := netx.NewTurns(client, netx.Limits{Silence: 20 * time.Second, Total: time.Minute, Bytes: 1000})
		say := func(n int) { go func() { _, _ = server.Write(make([]byte, n)) }() }
		hear := func(n int) error {
			_, err := io.ReadFull(g, make([]byte, n))
			return err
		}
		for range 3 { // each answer may have the whole size and time
			say(900)
			time.Sleep(50 * time.Second)
			if err := hear(900); err != nil {
				t.Fatal(err)
			}
			go func() { _, _ = io.ReadFull(server, make([]byte, 4)) }()
			for range 2 { // one command in two pieces
				if _, err := g.Write([]byte("ok")); err != nil {
					t.Fatal(err)
				}
			}
		}
		say(1001)
		if err := hear(1001); !errors.Is(err, netx.ErrTooMuch) {
			t.Errorf("got %v", err)
		}
	})
}
