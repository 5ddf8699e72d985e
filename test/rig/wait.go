package rig

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrStillWaiting means that a condition did not come true in time.
var ErrStillWaiting = errors.New("still waiting")

// Until polls look until it returns true and returns how long that took. The
// error names the condition.
func Until(ctx context.Context, limit time.Duration, what string, look func() bool) (time.Duration, error) {
	began := time.Now()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !look() {
		if time.Since(began) > limit {
			return limit, fmt.Errorf("%w after %s: %s", ErrStillWaiting, limit, what)
		}
		select {
		case <-ctx.Done():
			return time.Since(began), ctx.Err()
		case <-ticker.C:
		}
	}
	return time.Since(began), nil
}

// Pause waits for d or until ctx ends.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
