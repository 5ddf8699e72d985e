package service

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kardianos/service"
)

// StopTime is how long Work may take to return after its context is done.
const StopTime = 5 * time.Second

// ErrSlowStop is returned if Work did not return within [StopTime].
var ErrSlowStop = errors.New("did not stop in time")

// Program is what [Run] runs.
type Program struct {
	// Work must return soon after its context is done.
	Work func(context.Context) error
	// Check must be quick. It returns an error that a restart does not repair,
	// and is only called under the service manager of Windows.
	Check func() error
	// Exit ends the process.
	Exit func(int)
}

// Run runs the program until Work returns or ctx is done, and then waits for at most
// [StopTime]. Under the service manager of Windows it reports that the service runs
// before Work begins. If Work fails, the process exits, so that the recovery actions
// apply; a failed Check is reported as an orderly end, so that they do not.
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

// bounded runs work and waits for its end for at most [StopTime].
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

// hosted is a program under the service manager of Windows.
type hosted struct {
	Program
	ctx    context.Context //nolint:containedctx // the service manager's callbacks have none
	cancel context.CancelFunc

	mu     sync.Mutex
	failed error
	done   chan struct{}
}

// Start starts Work and returns at once, because the service manager waits for it.
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
			// No stop was requested. To the service manager an exit without the state
			// "stopped" is a failure, and its recovery restarts the service.
			h.Exit(1)
		}
	}()
	return nil
}

// Stop ends Work and waits for it, at most [StopTime].
func (h *hosted) Stop(service.Service) error {
	h.cancel()
	<-h.done
	return h.err()
}

// Shutdown stops the service.
func (h *hosted) Shutdown(s service.Service) error { return h.Stop(s) }

func (h *hosted) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if errors.Is(h.failed, context.Canceled) {
		return nil
	}
	return h.failed
}
