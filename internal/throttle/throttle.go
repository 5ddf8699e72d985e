// Package throttle keeps a loop that is woken often from using a whole core: after
// each piece of work the loop pauses for four times as long as the work took, at
// most ten seconds. It must not know what the work is.
package throttle

import "time"

const (
	share = 4                // how many times the duration of the work is paused
	most  = 10 * time.Second // bounds a pause, and so the delay of news
)

// Throttle is the state of one loop. The zero value pauses for nothing.
type Throttle struct{ until time.Time }

// After notes that a piece of work lasted from began to now. Both are readings of
// the system's clock, which stay comparable when the wall clock is set.
func (t *Throttle) After(began, now time.Time) {
	t.until = now.Add(min(share*max(now.Sub(began), 0), most))
}

// Left is how much of the pause is left.
func (t *Throttle) Left(now time.Time) time.Duration { return max(t.until.Sub(now), 0) }
