// Package bench holds what benchmarks of several packages share.
package bench

import (
	"slices"
	"testing"
	"time"
)

// Turns are the durations of single turns of a benchmark.
type Turns []time.Duration

// Add notes a turn that began at began and ends now.
func (t *Turns) Add(began time.Time) { *t = append(*t, time.Since(began)) }

// Report reports what the fastest tenth of the turns took at most, as "ns-p10":
// a mean would be the troubles of the disk and of the processor at the moment.
func (t *Turns) Report(b *testing.B) {
	b.Helper()
	sorted := slices.Sorted(slices.Values(*t))
	b.ReportMetric(float64(sorted[len(sorted)/10].Nanoseconds()), "ns-p10")
}
