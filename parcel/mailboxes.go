package parcel

import "slices"

// Mailboxes are the names of the mailboxes whose mail names a parcel or an order, in
// the order in which they did. A name may no longer be configured.
type Mailboxes []string

// Add adds names that are missing.
func (m *Mailboxes) Add(names ...string) {
	for _, name := range names {
		if name != "" && !slices.Contains(*m, name) {
			*m = append(slices.Clip(*m), name)
		}
	}
}

// Any reports whether one of the names is in the set.
func (m Mailboxes) Any(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(m, name) })
}

// Before returns the names that came before name.
func (m Mailboxes) Before(name string) Mailboxes {
	return m[:max(slices.Index(m, name), 0)]
}
