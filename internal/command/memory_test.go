package command

import (
	"log/slog"
	"math"
	"runtime/debug"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

func TestTheHeapStaysBelowTheMemoryLimit(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	const packaged = 256 << 20
	for name, c := range map[string]struct {
		limit memlimit.Provider
		want  int64
	}{
		"as packaged":              {memlimit.Limit(packaged), packaged * 7 / 10},
		"without a control group":  {func() (uint64, error) { return 0, memlimit.ErrNoCgroup }, math.MaxInt64},
		"in one without a limit":   {func() (uint64, error) { return 0, memlimit.ErrNoLimit }, math.MaxInt64},
		"in one that is not found": {memlimit.FromCgroup, 0},
	} {
		debug.SetMemoryLimit(math.MaxInt64)
		limitMemory(t.Context(), slog.New(slog.DiscardHandler), c.limit)
		got := debug.SetMemoryLimit(-1)
		if diff := got - c.want; c.want != 0 && (diff < -1 || diff > 1) {
			t.Errorf("%s the heap is limited to %d, want %d", name, got, c.want)
		}
	}
}

func TestTheHeapIsKeptSmallUnlessGoIsTold(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for set, want := range map[string]int{"": garbage, "80": 100} { // 80: Go has read it, and it is not ours to change
		debug.SetGCPercent(100)
		thriftily(func(string) string { return set })
		if got := debug.SetGCPercent(100); got != want {
			t.Errorf("with GOGC=%q the collector waits for %d percent of garbage, want %d", set, got, want)
		}
	}
}
