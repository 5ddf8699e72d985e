package verify

import (
	"slices"
	"strings"

	"parcelwatch/internal/provider"
)

// noID stands for the fields of Microsoft's servers, which carry none.
const noID = ""

// counts reports whether the word of the server that writes id counts: it is
// configured, or known for the mailbox's host.
func (p Policy) counts(id string) bool {
	match := func(pattern string) bool { return matches(id, pattern) }
	if id != noID && slices.ContainsFunc(p.Authserv, match) {
		return true
	}
	known, _ := provider.ByHost(p.Host)
	return slices.ContainsFunc(known.Authserv, match)
}

// matches compares a name with a pattern of which the first label may be "*".
func matches(name, pattern string) bool {
	pattern = normal(pattern)
	if parent, ok := strings.CutPrefix(pattern, "*."); ok {
		return strings.HasSuffix(name, "."+parent)
	}
	return name == pattern
}
