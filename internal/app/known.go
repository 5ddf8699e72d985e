package app

import (
	"maps"
	"slices"
	"time"
)

// household returns the household of a name, or nil.
func (m *members) household(name string) *household {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.known[name]
}

// several reports whether there is another household than the one at home.
func (m *members) several() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.known) > 1
}

// like returns the other households that ask carriers as h does, by name.
func (m *members) like(h *household) map[string]*household {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if len(m.known) < 2 { //nolint:mnd // itself
		return nil
	}
	out := make(map[string]*household, len(m.known))
	for name, other := range m.known {
		if name != h.name && other.carriers == h.carriers {
			out[name] = other
		}
	}
	return out
}

// held returns the households that this daemon runs, by name.
func (m *members) held() []*household {
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := make([]*household, 0, len(m.active))
	for _, name := range slices.Sorted(maps.Keys(m.active)) {
		out = append(out, m.active[name].household)
	}
	return out
}

// nextDigest returns the time of the earliest digest of all households that run.
func (m *members) nextDigest() time.Time {
	var next time.Time
	for _, h := range m.held() {
		if t := h.nextDigest(); next.IsZero() || !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	return next
}
