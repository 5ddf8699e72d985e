package service

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kardianos/service"
)

// StopTime is how long work may take to end once its context is done.
const StopTime = 5 * time.Second

// ErrSlowStop is returned where work did not end within [StopTime].
var ErrSlowStop = errors.New("did not stop in time")

// Program is what [Run] runs.
type Program struct {
	// Work ends soon after its context.
	Work func(context.Context) error
	// Check is quick and says what no other start would mend. Only the Windows
	// service manager is told apart from a failure of Work; others ask Work alone.
	Check func() error
	// Exit ends the process.
	Exit func(int)
}

// Run runs the program until its work returns or ctx is done, and then waits for
// it no longer than [StopTime]. Started by the Windows service manager it obeys
// that one: running is reported before work begins. Work that fails ends the
// process, so that the recovery actions see it; a failed check is reported as an
// end that was meant, and they do not.
func Run(ctx context.Context, name string, p Program) error {
	if !managed() {
		return bounded(ctx, p.Work)
	}
	h := &hosted{ctx: ctx, Program: p}
	s, err := service.New(h, &service.Config{Name: name})
	if err != nil {
		return fmt.Errorf("service: %w", err)
	}
	if err := s.Run(); err != nil {
		return fmt.Errorf("service: %w", err)
	}
	return h.err()
}

// bounded is work with a bound on its end.
func bounded(ctx context.Context, work func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(StopTime)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return fmt.Errorf("service: %w (%v)", ErrSlowStop, StopTime)
	}
}

// hosted is work under the Windows service manager.
type hosted struct {
	Program
	ctx    context.Context //nolint:containedctx // the service manager's callbacks have none
	cancel context.CancelFunc

	mu     sync.Mutex
	failed error
	done   chan struct{}
}

// Start begins work and returns at once: the service manager waits for it.
func (h *hosted) Start(service.Service) error {
	if h.Check != nil {
		if err := h.Check(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(h.ctx)
	h.cancel = cancel
	h.done = make(chan struct{})
	go func() {
		err := bounded(ctx, h.Work)
		h.mu.Lock()
		h.failed = err
		h.mu.Unlock()
		close(h.done)
		if ctx.Err() == nil && h.Exit != nil {
			// Nobody asked for the end. An exit without "stopped" is a failure to
			// the service manager, and its recovery starts us again.
			h.Exit(1)
		}
	}()
	return nil
}

// Stop ends work and waits for it, which is bounded.
func (h *hosted) Stop(service.Service) error {
	h.cancel()
	<-h.done
	return h.err()
}

// Shutdown is a stop.
func (h *hosted) Shutdown(s service.Service) error { return h.Stop(s) }

func (h *hosted) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if errors.Is(h.failed, context.Canceled) {
		return nil
	}
	return h.failed
}
