package textx

import (
	"slices"
	"strings"
)

// Mentions reports whether a text contains one of the words, ignoring case. The words
// must be in lower case.
func Mentions[S ~string](text S, words ...string) bool {
	low := strings.ToLower(string(text))
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) })
}
