package verify

import (
	"slices"
	"strings"

	"parcelwatch/internal/provider"
)

// noID is the id for Microsoft's servers, whose fields have none.
const noID = ""

// counts reports whether results with this id are trusted: the id is
// configured, or known for the mailbox's host.
func (p Policy) counts(id string) bool {
	match := func(pattern string) bool { return matches(id, pattern) }
	if id != noID && slices.ContainsFunc(p.Authserv, match) {
		return true
	}
	known, _ := provider.ByHost(p.Host)
	return slices.ContainsFunc(known.Authserv, match)
}

// matches compares a name with a pattern whose first label may be "*".
func matches(name, pattern string) bool {
	pattern = normal(pattern)
	if parent, ok := strings.CutPrefix(pattern, "*."); ok {
		return strings.HasSuffix(name, "."+parent)
	}
	return name == pattern
}
