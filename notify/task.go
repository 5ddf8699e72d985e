package notify

import (
	"context"
	"sync"
	"time"

	"parcelwatch/internal/throttle"
)

// leastPause lets the changes of several mails come together: a first scan wakes the
// notifier many times in a second.
const leastPause = 250 * time.Millisecond

// task is a step that is repeated at the times it returns, after nudges, and after a minute
// at most, because timers stop while the machine is suspended. Each step has a goroutine of
// its own, so that nothing but a small stack is kept between two steps.
type task struct {
	step  func(context.Context) time.Time
	now   func() time.Time
	wake  <-chan struct{}
	timer *time.Timer
	pace  throttle.Throttle
	paced bool
	ended chan time.Time // when the step that runs wants to be repeated
	runs  bool
}

func (n *Notifier) newTask(wake <-chan struct{}, step func(context.Context) time.Time) *task {
	return &task{
		step: step, now: n.now, wake: wake, timer: time.NewTimer(0), pace: throttle.Throttle{Least: leastPause}, paced: !n.unpaced, ended: make(chan time.Time, 1),
	}
}

// nudges returns the channel of nudges, nil while a step runs.
func (t *task) nudges() <-chan struct{} {
	if t.runs {
		return nil
	}
	return t.wake
}

// nudged starts a step, or after the pause that is due since the last one.
func (t *task) nudged(ctx context.Context, steps *sync.WaitGroup) {
	if left := t.pace.Left(time.Now()); t.paced && left > 0 {
		t.timer.Reset(left)
		return
	}
	t.timer.Stop()
	t.start(ctx, steps)
}

// start starts a step. Its end is sent to ended.
func (t *task) start(ctx context.Context, steps *sync.WaitGroup) {
	t.runs = true
	steps.Go(func() {
		began := time.Now()
		next := t.step(ctx)
		t.pace.After(began, time.Now())
		t.ended <- next
	})
}

// rest sets the timer after a step.
func (t *task) rest(next time.Time) {
	t.runs = false
	pause := time.Minute
	if until := next.Sub(t.now()); !next.IsZero() && until < pause {
		// A time in the past means that the step failed.
		pause = max(until, time.Second)
	}
	t.timer.Reset(pause)
}
