package mailwatch_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/mailwatch"
)

func guarded() (mailwatch.Guard, net.Conn) {
	client, server := net.Pipe()
	return mailwatch.NewGuard(client), server
}

func TestGuardBoundsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, server := guarded()
		g.Step(20*time.Second, 0, 1000)
		_ = g.SetReadDeadline(time.Time{}) // the library does this: wait forever
		start := time.Now()
		_, err := g.Read(make([]byte, 10))
		if !errors.Is(err, mailwatch.ErrSilent) || time.Since(start) != 20*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if _, again := g.Read(make([]byte, 10)); !errors.Is(again, mailwatch.ErrSilent) {
			t.Errorf("the cause is not kept: %v", again)
		}
		if _, err := g.Write([]byte("x")); !errors.Is(err, mailwatch.ErrSilent) {
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
		g.Step(time.Hour, 0, 1000)
		failed := make(chan time.Time)
		go func() {
			_, _ = g.Read(make([]byte, 10))
			failed <- time.Now()
		}()
		time.Sleep(time.Minute)
		g.Step(20*time.Second, 0, 1000)
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
		g.Step(20*time.Second, time.Minute, 1000)
		start := time.Now()
		n, err := io.Copy(io.Discard, g)
		if !errors.Is(err, mailwatch.ErrSilent) || time.Since(start) != time.Minute || n == 0 {
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
		g.Step(time.Second, 0, 1000)
		n, err := io.Copy(io.Discard, g)
		if !errors.Is(err, mailwatch.ErrTooMuch) || n > 1000 {
			t.Errorf("got %d bytes, %v", n, err)
		}
	})
}

func TestGuardInAHurryEndsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, server := guarded()
		g.Step(time.Hour, 0, 1000)
		time.AfterFunc(time.Minute, func() { g.Hurry(2 * time.Second) })
		start := time.Now()
		_, err := g.Read(make([]byte, 10))
		if !errors.Is(err, mailwatch.ErrSilent) || time.Since(start) != time.Minute+2*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		g.Step(time.Hour, 0, 1000) // does not extend the time
		_ = server.Close()
	})
}

func TestGuardKeepsTheServersLastWords(t *testing.T) {
	for _, c := range []struct{ name, said, want string }{
		{"goodbye with a reason", "* OK hi\r\n* BYE Idle for too long\r\n", "the server closed the connection: Idle for too long"},
		{"an end without a word", "* OK hi\r\n", "the server closed the connection"},
		{"goodbye after a long answer", strings.Repeat("x", 3000) + "\r\n* BYE maintenance\r\n", "the server closed the connection: maintenance"},
		{"control characters", "* BYE \x1b[31mred\x07\r\n", "the server closed the connection: [31mred"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, server := guarded()
				go func() {
					_, _ = io.WriteString(server, c.said)
					_ = server.Close()
				}()
				g.Step(time.Minute, 0, 1<<20)
				_, err := io.ReadAll(g)
				if !errors.Is(err, mailwatch.ErrClosed) || err.Error() != c.want {
					t.Errorf("got %q, want %q", err, c.want)
				}
			})
		})
	}
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
