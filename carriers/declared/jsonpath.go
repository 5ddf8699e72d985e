package declared

import (
	"regexp"
	"slices"
	"strings"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
)

// quoted are the texts in a JSONPath.
var quoted = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`)

// maxTests is the number of && and || in a selector.
const maxTests = 4

// parsePath parses a JSONPath. Refused is what takes more than one walk through the
// answer: several "..", lists of selectors, "$" within a filter, and functions with
// expressions. The second result is the reason why.
func parsePath(text string) (finder, fine) {
	path, err := jsonpath.Parse(text)
	if err != nil {
		return nil, badSyntax
	}
	bare := quoted.ReplaceAllString(text, "")
	switch {
	case strings.Count(bare, "..") > 1, strings.Count(bare, "$") > 1, strings.Contains(bare, ","),
		strings.Count(bare, "&&")+strings.Count(bare, "||") > maxTests, strings.Contains(bare, "match("), strings.Contains(bare, "search("):
		return nil, badCost
	case strings.ContainsAny(bare, "*?"), strings.Contains(bare, ".."):
		return func(n node) []node { return sorted(path, n) }, good // members of an object have no order
	}
	return func(n node) (out []node) {
		for _, v := range path.Select(n.value) {
			out = append(out, node{value: v})
		}
		return out
	}, good
}

// sorted returns what a path selects from n, in the order of the answer; members of
// objects are in the order of their names.
func sorted(path *jsonpath.Path, n node) (out []node) {
	located := []*spec.LocatedNode(path.SelectLocated(n.value)) // the methods of the library's list are not linked
	slices.SortFunc(located, func(a, b *spec.LocatedNode) int { return a.Path.Compare(b.Path) })
	for _, v := range located {
		out = append(out, node{value: v.Node})
	}
	return out
}
