package command

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// heapShare is the share of the control group's memory that the Go heap may use. The
// rest is for SQLite, whose pages Go does not count, for stacks and for the program.
const heapShare = 0.7

// garbage is how much of the live heap, in percent, may be garbage before it is collected.
// With Go's own 100 the heap of a first scan was twice as large, for a few percent less
// processor time.
const garbage = 50

// thriftily makes the garbage collector keep the heap small, unless the variable GOGC says
// how large it may get.
func thriftily(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// limitMemory makes the garbage collector keep the process below the memory limit that
// limit returns, unless the variable GOMEMLIMIT sets one.
func limitMemory(ctx context.Context, log *slog.Logger, limit memlimit.Provider) {
	set, err := memlimit.Set(memlimit.WithProvider(limit), memlimit.WithRatio(heapShare))
	switch {
	case errors.Is(err, memlimit.ErrNoCgroup), errors.Is(err, memlimit.ErrCgroupsNotSupported):
	case err != nil:
		log.WarnContext(ctx, "the memory limit of the control group cannot be read", "err", err.Error())
	case set < math.MaxInt64:
		log.DebugContext(ctx, "memory is limited", "heap_bytes", set)
	}
}
