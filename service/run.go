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

// Run runs work until it returns or ctx is done, and then waits for it no longer
// than [StopTime]. Started by the Windows service manager it obeys that one:
// running is reported before work begins, and a failure of work ends the process
// through exit, so that the recovery actions see it.
func Run(ctx context.Context, name string, work func(context.Context) error, exit func(int)) error {
	if !managed() {
		return bounded(ctx, work)
	}
	h := &hosted{ctx: ctx, work: work, exit: exit}
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
	ctx    context.Context //nolint:containedctx // the service manager's callbacks have none
	work   func(context.Context) error
	exit   func(int)
	cancel context.CancelFunc

	mu     sync.Mutex
	failed error
	done   chan struct{}
}

// Start begins work and returns at once: the service manager waits for it.
func (h *hosted) Start(service.Service) error {
	ctx, cancel := context.WithCancel(h.ctx)
	h.cancel = cancel
	h.done = make(chan struct{})
	go func() {
		err := bounded(ctx, h.work)
		h.mu.Lock()
		h.failed = err
		h.mu.Unlock()
		close(h.done)
		if ctx.Err() == nil && h.exit != nil {
			// Nobody asked for the end. An exit without "stopped" is a failure to
			// the service manager, and its recovery starts us again.
			h.exit(1)
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
