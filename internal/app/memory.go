package app

import "runtime/debug"

const (
	// usualGarbage is how much garbage the runtime lets gather, in percent of what is in use,
	// unless its environment says something else.
	usualGarbage = 100
	// crowdGarbage is how much there may be with several households. What is in use then is
	// mostly connections that are idle, so that collecting twice as often costs little.
	crowdGarbage = 50
)

// saving bounds the garbage of the process while it serves several households.
type saving struct{ before int } // what the runtime was set to; 0 unless bounded

func (s *saving) begin() {
	if s.before != 0 {
		return
	}
	if s.before = debug.SetGCPercent(crowdGarbage); s.before != usualGarbage {
		debug.SetGCPercent(s.before) // somebody has chosen it
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
