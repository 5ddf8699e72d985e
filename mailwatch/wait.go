package mailwatch

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	maxDelay     = 15 * time.Minute
	refusedPause = time.Hour
	loginPause   = 30 * time.Second // after a login that may be accepted later
	tokenPause   = time.Minute
	// soon is the interval before the first probe after mail was announced: not all servers
	// announce a mail that arrives between the last search and IDLE.
	soon = 5 * time.Second
)

// wait returns when mail may have arrived, when Poll has passed or when something is due,
// and returns an error when the connection fails. It calls proven each time the server
// answers.
func (s *session) wait(ctx context.Context, due time.Time, proven func()) error {
	until := time.Now().Add(s.account.Poll)
	if !due.IsZero() && due.Before(until) {
		until = due
	}
	for {
		announced, err := s.pause(ctx, due)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.calm = !announced; announced {
			return nil
		}
		if err := s.noop(); err != nil {
			return err
		}
		proven()
		if s.idles() || len(s.wake) > 0 || !time.Now().Before(until) {
			return nil
		}
	}
}

// pause waits until the next probe, until something is due or until mail is announced.
func (s *session) pause(ctx context.Context, due time.Time) (announced bool, err error) {
	interval := min(s.account.Probe, s.account.Poll)
	if s.idles() {
		if interval = s.account.Probe; !s.calm {
			interval = min(interval, soon)
		}
	}
	if !due.IsZero() {
		interval = min(interval, max(time.Until(due), time.Second))
	}
	var done func() error
	if s.idles() {
		if done, err = s.idle(interval); err != nil {
			return false, err
		}
	}
	timer := time.NewTimer(interval)
	defer timer.Stop()
	select {
	case <-s.wake:
		announced = true
	case <-timer.C:
	case <-ctx.Done():
	case <-s.c.Closed():
	}
	if done != nil {
		return announced, done()
	}
	return announced, nil
}

// idle starts IDLE and returns a function that ends it. A server that offers IDLE but
// refuses it is polled from then on.
func (s *session) idle(interval time.Duration) (func() error, error) {
	s.g.step(answerLimit, 0, smallBudget)
	cmd, err := s.c.Idle()
	if isRefusal(err) {
		s.noIdle = true
		return nil, nil
	}
	if err != nil {
		return nil, s.failed("start IDLE", err)
	}
	s.g.step(interval+answerLimit, 0, folderBudget)
	return func() error {
		s.g.step(answerLimit, time.Minute, folderBudget)
		return s.failed("end IDLE", errors.Join(cmd.Close(), cmd.Wait()))
	}, nil
}

// backoff is the growing delay between two tries.
type backoff struct{ first, last time.Duration }

func (b *backoff) reset() { b.last = 0 }

// next returns a random delay between half and all of a value that doubles each time, so
// that many clients of one server do not reconnect at the same moment.
func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, b.first), maxDelay)
	half := b.last / 2
	return max(b.first, half+rand.N(half+1)) //nolint:gosec // spreading load needs no secret
}

// pause waits for d, or returns the error of ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
