package tracker

import (
	"cmp"
	"slices"
	"sync"
)

// queue holds the jobs of one carrier in the order of [job.compare], so that every
// parcel gets its turn if the budget is short. It has a worker while it has jobs.
type queue struct {
	mu      sync.Mutex
	jobs    []job
	working bool
}

// put queues jobs together, so that they can go into one call. It reports whether the
// caller has to start a worker.
func (q *queue) put(jobs ...job) (start bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range jobs {
		at, _ := slices.BinarySearchFunc(q.jobs, j, func(a, b job) int {
			return cmp.Or(a.compare(b), -1) // after its equals
		})
		q.jobs = slices.Insert(q.jobs, at, j)
	}
	start = !q.working
	q.working = true
	return start
}

// take returns at most n jobs. Without any, the worker has to end.
func (q *queue) take(n int) []job {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.working = len(q.jobs) > 0; !q.working {
		q.jobs = nil
		return nil
	}
	n = min(n, len(q.jobs))
	out := slices.Clone(q.jobs[:n])
	q.jobs = slices.Delete(q.jobs, 0, n)
	return out
}
