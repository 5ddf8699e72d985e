package tracker

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// queue holds the jobs of one carrier in the order of [job.compare], so that every
// parcel gets its turn if the budget is short.
type queue struct {
	mu     sync.Mutex
	jobs   []job
	closed bool
	some   chan struct{}
}

func newQueue() *queue { return &queue{some: make(chan struct{}, 1)} }

// put queues jobs together, so that they can go into one call.
func (q *queue) put(jobs ...job) {
	q.mu.Lock()
	for _, j := range jobs {
		at, _ := slices.BinarySearchFunc(q.jobs, j, func(a, b job) int {
			return cmp.Or(a.compare(b), -1) // after its equals
		})
		q.jobs = slices.Insert(q.jobs, at, j)
	}
	q.mu.Unlock()
	q.signal()
}

// close ends the queue once its jobs are taken.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.some <- struct{}{}:
	default:
	}
}

// take waits for jobs and returns at most n of them, or false once the queue is
// closed and empty or the context has ended.
func (q *queue) take(ctx context.Context, n int) ([]job, bool) {
	for {
		q.mu.Lock()
		if len(q.jobs) > 0 || q.closed {
			n = min(n, len(q.jobs))
			out := slices.Clone(q.jobs[:n])
			q.jobs = slices.Delete(q.jobs, 0, n)
			q.mu.Unlock()
			return out, n > 0
		}
		q.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, false
		case <-q.some:
		}
	}
}
