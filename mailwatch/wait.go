package mailwatch

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	maxDelay     = 15 * time.Minute
	refusedPause = time.Hour
	tokenPause   = time.Minute
	// soon is the interval to the first probe after something has happened: a mail
	// that came between the last look and IDLE is announced by most servers, not all.
	soon = 5 * time.Second
)

// wait returns when mail may have arrived or the connection has proven that it
// lives, and with an error where it has not.
// Each proof is told to proven.
func (s *session) wait(ctx context.Context, proven func()) error {
	until := time.Now().Add(s.account.Poll)
	for {
		announced, err := s.pause(ctx)
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

// pause lets time pass until the next probe, or less where mail is announced.
func (s *session) pause(ctx context.Context) (announced bool, err error) {
	interval := min(s.account.Probe, s.account.Poll)
	var done func() error
	if s.idles() {
		if interval = s.account.Probe; !s.calm {
			interval = min(interval, soon)
		}
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

// idle starts IDLE and returns what ends it. A server that offers IDLE and then
// refuses is polled from now on.
func (s *session) idle(interval time.Duration) (func() error, error) {
	s.g.step(answerLimit, 0, smallBudget)
	cmd, err := s.c.Idle()
	if refusal := (*imap.Error)(nil); errors.As(err, &refusal) {
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

// backoff grows the time between two tries.
type backoff struct{ first, last time.Duration }

func (b *backoff) reset() { b.last = 0 }

// next is between half and the whole of a delay that doubles each time, so that
// many clients of a server that went away do not come back at once.
func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, b.first), maxDelay)
	half := b.last / 2
	return max(b.first, half+rand.N(half+1)) //nolint:gosec // spreading load needs no secret
}

// pause waits, and says why where ctx ended it.
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
