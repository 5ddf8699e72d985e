package story_test

import (
	"sync"
	"time"
)

const (
	// pace is how much faster the story's clock runs than the timers: loops that
	// look every minute then look every twenty, and a story takes less time.
	pace = 20
	// quietPace is that of weeks in which nothing is told any more.
	quietPace = 10 * pace
)

// clock is the story's.
type clock struct {
	mu   sync.Mutex
	at   time.Time // of the story
	real time.Time // of the bubble, at that time
	pace time.Duration
}

func newClock() *clock { return &clock{at: start(), real: time.Now(), pace: pace} }

func (c *clock) read() (now time.Time, pace time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(c.pace * time.Since(c.real)), c.pace
}

// change sets the pace, or keeps it if that is 0, and jumps ahead.
func (c *clock) change(pace, ahead time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.real = c.at.Add(c.pace*time.Since(c.real)+ahead), time.Now()
	if pace != 0 {
		c.pace = pace
	}
}

// slow lets timers run at the story's pace.
func (c *clock) slow() { c.change(1, 0) }

// hurry takes the pace of quiet weeks. The program must not run: it would take the pace for a sleep.
func (c *clock) hurry() { c.change(quietPace, 0) }

func (c *clock) hurries() bool { _, pace := c.read(); return pace == quietPace }

// skip is a sleep of the machine.
func (c *clock) skip(d time.Duration) { c.change(0, d) }

func (w *world) now() time.Time { now, _ := w.clock.read(); return now }

func (w *world) sleepUntil(t time.Time) {
	now, pace := w.clock.read()
	time.Sleep(t.Sub(now) / pace)
}

// told is the day on which everything has been told, also what the last scan was.
func (s *story) told() int {
	last := 0
	for _, one := range s.scans {
		last = max(last, one.day)
	}
	return min(last+3, s.days)
}
