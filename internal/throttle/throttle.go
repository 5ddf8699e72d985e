// Package throttle keeps a loop that is woken often from using a whole core: after
// each piece of work the loop pauses for four times as long as the work took, at
// most ten seconds. It must not know what the work is.
package throttle

import "time"

const (
	share = 4                // length of the pause in multiples of the work's duration
	most  = 10 * time.Second // limits a pause, and so the delay of news
)

// Throttle is the state of one loop. Before its first work it does not pause.
type Throttle struct {
	Least time.Duration // the shortest pause; limits how often a loop that is woken all the time works

	until time.Time
}

// After records that work took place from began to now. Both must be monotonic
// readings, which stay comparable when the wall clock is set.
func (t *Throttle) After(began, now time.Time) {
	t.until = now.Add(max(t.Least, min(share*max(now.Sub(began), 0), most)))
}

// Left returns the remaining time of the pause.
func (t *Throttle) Left(now time.Time) time.Duration { return max(t.until.Sub(now), 0) }
