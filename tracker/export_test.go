package tracker

import (
	"context"
	"time"
)

// The parameters of importNotice and absorb.
type (
	Rules = rules
	Basis = basis
)

// Pure functions used by tests outside the package.
var (
	ImportNotice = importNotice
	Absorb       = absorb
	StalledAt    = stalledAt
	Settle       = settle
	MarkStalled  = markStalled
	Unheard      = unasked
	TakeOver     = takeOver
	SplitOff     = splitOff
	Rank         = rank
)

// Look is a tracker without its goroutines: the test runs each round.
type Look struct{ p *poll }

// NewLook returns a Look on t. Its queues take any job and are never emptied.
func NewLook(t *Tracker) Look {
	p := newPoll(t)
	p.work = func(string, *queue) {}
	return Look{p}
}

// Tick runs one round. It returns the wait until the next one.
func (l Look) Tick(ctx context.Context) time.Duration { return l.p.round(ctx) }

// UnderWay returns the number of visits.
func (l Look) UnderWay() int { return len(l.p.visits) }

// Queue is the queue of one carrier.
type Queue struct{ q queue }

// Put queues a job and reports whether a worker has to start.
func (q *Queue) Put() bool { return q.q.put(job{visit: &visit{}}) }

// Take takes at most n jobs and returns how many there were.
func (q *Queue) Take(n int) int { return len(q.q.take(n)) }
