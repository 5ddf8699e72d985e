package declared

import (
	"regexp"
	"strings"

	"github.com/theory/jsonpath"
)

// jsonSelector picks values by JSONPath.
type jsonSelector struct {
	path   *jsonpath.Path
	sorted bool // may go through members of an object, which have no order
}

// quoted are the texts in a JSONPath.
var quoted = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`)

// maxTests is the number of && and || in a selector.
const maxTests = 4

// parsePath parses a JSONPath. Refused is what takes more than one walk through the
// answer: several "..", lists of selectors, "$" within a filter, and functions with
// expressions. The second result is the reason why.
func parsePath(text string) (jsonSelector, fine) {
	path, err := jsonpath.Parse(text)
	if err != nil {
		return jsonSelector{}, badSyntax
	}
	bare := quoted.ReplaceAllString(text, "")
	switch {
	case strings.Count(bare, "..") > 1, strings.Count(bare, "$") > 1, strings.Contains(bare, ","),
		strings.Count(bare, "&&")+strings.Count(bare, "||") > maxTests, strings.Contains(bare, "match("), strings.Contains(bare, "search("):
		return jsonSelector{}, badCost
	}
	return jsonSelector{path, strings.ContainsAny(bare, "*?") || strings.Contains(bare, "..")}, good
}

// find returns what is selected from n, in the order of the answer; members of
// objects are in the order of their names.
func (s jsonSelector) find(n node) []node {
	var out []node
	if !s.sorted {
		for _, v := range s.path.Select(n.value) {
			out = append(out, node{value: v})
		}
		return out
	}
	located := s.path.SelectLocated(n.value)
	located.Sort()
	for _, v := range located {
		out = append(out, node{value: v.Node})
	}
	return out
}
