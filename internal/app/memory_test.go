package app

import (
	"runtime/debug"
	"testing"
)

func TestMemoryIsGivenBackOnceHouseholdsHaveStarted(t *testing.T) {
	var r release
	for i, c := range []struct {
		started int64
		freed   bool
	}{
		{1, true}, {1, false}, {1, false}, // alone
		{40, false}, {250, false}, {250, false}, {250, false}, {250, true}, {250, false}, // others come
		{251, false}, {251, false}, {252, false}, {252, false}, {252, false}, {252, true}, {252, false},
	} {
		if got := r.look(c.started); got != c.freed {
			t.Errorf("look %d at %d starts: freed %t", i, c.started, got)
		}
	}
}

func TestLessGarbageGathersWithSeveralHouseholds(t *testing.T) {
	percent := func() int {
		now := debug.SetGCPercent(-1)
		debug.SetGCPercent(now)
		return now
	}
	defer debug.SetGCPercent(debug.SetGCPercent(usualGarbage))
	var s saving
	for range 2 {
		s.begin()
	}
	if got := percent(); got != crowdGarbage {
		t.Errorf("%d percent with several", got)
	}
	s.end()
	if got := percent(); got != usualGarbage {
		t.Errorf("%d percent afterwards", got)
	}
	debug.SetGCPercent(300)
	s.begin()
	if got := percent(); got != 300 {
		t.Errorf("%d percent in place of the 300 that somebody has chosen", got)
	}
	s.end()
	if got := percent(); got != 300 {
		t.Errorf("%d percent in place of 300 at the end", got)
	}
}
