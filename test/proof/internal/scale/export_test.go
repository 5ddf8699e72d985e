//go:build linux

package scale

import (
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
)

// The parts that tests outside the package speak to.
var (
	Fair    = fair
	Who     = who
	Closest = closest
	Compare = compare
	Share   = share
	Letter  = letter

	Crowd     = crowd
	Recipient = recipient
)

// Arriving is the first of the numbers that mail brings.
const Arriving = arriving

// Types of the parts.
type (
	Outcome = outcome
	Fault   = fault
	Spent   = spent
	Row     = row
	Watch   = watch
)

// FirstArriving sorts before all numbers that mail brings.
func FirstArriving() string { return string(firstArriving()) }

// Saw tells a watch of one look.
func (h *watch) Saw(all bool, now time.Time) { h.saw(all, now) }

// Reset returns what the watch has seen and begins anew.
func (h *watch) Reset() time.Duration { return h.reset() }

// Each is what one of n things took.
func (s spent) Each(n int, idle spent) (daemons, database time.Duration) { return s.each(n, idle) }

// Find judges an outcome.
func (o *outcome) Find(c *report.Chapter) { o.tell(c) }

// Fine is an outcome that breaks no promise.
func Fine() Outcome {
	return outcome{
		size: size{households: 500, active: 100, early: 200, parcels: 2000, thrift: 10}, Mails: 5,
		Alone: lab.Usage{Private: 20 << 20}, Loaded: lab.Usage{Private: 70 << 20},
		Growing: []visits{{Parcels: 100, Rate: 10, Daemons: time.Millisecond}, {Parcels: 1000, Rate: 10, Daemons: time.Millisecond}},
		Looks:   1,
		Faults: []fault{
			{Name: "killed", First: 8 * time.Second, Others: 7 * time.Second},
			{Name: "frozen", First: 8 * time.Second, Others: 7 * time.Second, Renewed: true},
			{Name: "lost", First: time.Minute},
		},
		Verdict: verdict{Thrift: 10},
		Flowing: spent{Over: time.Second},
	}
}
