package service_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/service"
)

var errWork = errors.New("work failed")

func TestRunEndsWithItsWork(t *testing.T) {
	t.Parallel()
	if err := service.Run(t.Context(), "x", service.Program{Work: func(context.Context) error { return errWork }}); !errors.Is(err, errWork) {
		t.Errorf("got %v", err)
	}
}

func TestAnEndIsWaitedForButNotForEver(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		takes time.Duration
		want  error
	}{
		"prompt work": {time.Second, nil},
		"slow work":   {time.Minute, service.ErrSlowStop},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				begun := time.Now()
				cancel()
				err := service.Bounded(ctx, func(ctx context.Context) error {
					<-ctx.Done()
					time.Sleep(tt.takes)
					return nil
				})
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				if d := time.Since(begun); d > service.StopTime {
					t.Errorf("it took %v", d)
				}
				time.Sleep(tt.takes) // slow work does return in the end
			})
		})
	}
}

func TestUnderTheWindowsServiceManager(t *testing.T) {
	t.Parallel()
	t.Run("start returns at once and stop waits for the end", func(t *testing.T) {
		t.Parallel()
		ended := false
		h := service.Hosted(t.Context(), service.Program{Work: func(ctx context.Context) error {
			<-ctx.Done()
			ended = true
			return ctx.Err()
		}, Exit: func(int) { t.Error("exit was called") }})
		if err := h.Start(nil); err != nil {
			t.Fatal(err)
		}
		if err := h.Shutdown(nil); err != nil || !ended {
			t.Errorf("got %v, ended %v", err, ended)
		}
	})
	t.Run("work that fails by itself ends the process for recovery to see", func(t *testing.T) {
		t.Parallel()
		code := make(chan int, 1)
		h := service.Hosted(t.Context(), service.Program{Work: func(context.Context) error { return errWork }, Exit: func(c int) { code <- c }})
		if err := h.Start(nil); err != nil {
			t.Fatal(err)
		}
		if got := <-code; got != 1 {
			t.Errorf("exit %d, want 1", got)
		}
		if err := h.Stop(nil); !errors.Is(err, errWork) {
			t.Errorf("stop: %v", err)
		}
	})
	t.Run("what no other start would mend is told before work begins", func(t *testing.T) {
		t.Parallel()
		h := service.Hosted(t.Context(), service.Program{
			Check: func() error { return errWork },
			Work:  func(context.Context) error { t.Error("work began"); return nil },
			Exit:  func(int) { t.Error("exit was called, which is a crash to Windows") },
		})
		if err := h.Start(nil); !errors.Is(err, errWork) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an end that fails is told", func(t *testing.T) {
		t.Parallel()
		h := service.Hosted(t.Context(), service.Program{Work: func(ctx context.Context) error { <-ctx.Done(); return errWork }})
		if err := h.Start(nil); err != nil {
			t.Fatal(err)
		}
		if err := h.Stop(nil); !errors.Is(err, errWork) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSystemdIsToldOneLineAStatus(t *testing.T) {
	t.Parallel()
	var got []string
	n := service.NotifierTo(func(s string) { got = append(got, s) })
	n.Ready()
	n.Status("watching\nWATCHDOG=trigger")
	n.Feed()
	n.Stopping()
	want := []string{"READY=1", "STATUS=watching WATCHDOG=trigger", "WATCHDOG=1", "STOPPING=1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	n.Reloading()
	if !strings.HasPrefix(got[4], "RELOADING=1\n") {
		t.Errorf("got %q", got[4])
	}
}

func TestNobodyListeningIsNoMatter(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	n := service.NewNotifier()
	n.Ready()
	n.Feed()
}
