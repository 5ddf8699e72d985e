package app

import "runtime/debug"

const (
	// usualGarbage is the default of GOGC: the garbage that may gather, in percent of the
	// memory in use.
	usualGarbage = 100
	// crowdGarbage is GOGC with several households. Most of the memory in use then belongs to
	// idle connections, so collecting twice as often costs little.
	crowdGarbage = 50
)

// saving bounds the garbage of the process while it serves several households.
type saving struct{ before int } // what the runtime was set to; 0 unless bounded

func (s *saving) begin() {
	if s.before != 0 {
		return
	}
	if s.before = debug.SetGCPercent(crowdGarbage); s.before != usualGarbage {
		debug.SetGCPercent(s.before) // GOGC was set by the environment
	}
}

func (s *saving) end() {
	if s.before != 0 {
		debug.SetGCPercent(s.before)
		s.before = 0
	}
}

// release gives memory back to the system once households have started, which needs several
// times the memory of an idle daemon.
type release struct {
	looked     bool
	seen, done int64 // starts
	quiet      int   // looks without a start
}

// settling is how many heartbeats households get to read their mailboxes.
const settling = 3

// look is called at each heartbeat but the first. It frees memory at the first call, and
// some calls after households have started.
func (r *release) look(started int64) (freed bool) {
	if r.quiet++; started != r.seen {
		r.quiet = 0
	}
	if freed = !r.looked || r.quiet == settling && started != r.done; freed {
		debug.FreeOSMemory()
		r.done = started
	}
	r.looked, r.seen = true, started
	return freed
}
