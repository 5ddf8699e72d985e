// Package rest keeps a loop that is nudged often from doing nothing else: after
// each piece of work it rests in proportion to what the work took. Where looking
// takes a millisecond nobody notices; over a very large store a storm of nudges
// costs a fifth of the time and no more.
package rest

import "time"

const (
	// share is how many times what the work took is rested.
	share = 4
	// most bounds a rest, so that news waits for seconds at the worst.
	most = 10 * time.Second
)

// Rest is the rest of one loop. The zero value has none.
type Rest struct{ until time.Time }

// After notes that a piece of work ended at now, begun at began. Both are
// readings of the system's clock, which measure even where the wall clock jumps.
func (r *Rest) After(began, now time.Time) {
	r.until = now.Add(min(share*max(now.Sub(began), 0), most))
}

// Left is how long is still to be rested.
func (r *Rest) Left(now time.Time) time.Duration { return max(r.until.Sub(now), 0) }
