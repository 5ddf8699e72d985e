package declared

import (
	"strings"

	"parcelwatch/internal/message"
	"parcelwatch/parcel/number"
)

// fine is why a selector is refused, as a message id; empty if it is good.
type fine string

const (
	good      fine = ""
	badSyntax fine = "declared_selector"
	badCost   fine = "declared_selector_cost"
	badCSS    fine = "declared_selector_css"
	badLong   fine = "declared_selector_long"
)

// maxSelector is the length of a selector in bytes.
const maxSelector = 300

// finder picks nodes from a node.
type finder func(n node) []node

// selector picks nodes from the event, or from what is around it.
type selector struct {
	up    int    // 0 for the event, 1 for its group (or the item), and so on outwards
	page  bool   // of HTML
	text  string // without prefix and attribute
	attr  string // of the element, instead of its text
	by    finder // nil for the node itself, or if text holds {number}
	fixed bool   // a constant: text is the value
	key   string // of the definition
}

// parseSelector parses "^" for each level outwards, then a JSONPath or a CSS selector
// with "@attribute", "." for the node itself, or "=" and a constant.
func parseSelector(source string, page bool) (*selector, fine) {
	s := &selector{page: page}
	text, fixed := strings.CutPrefix(source, "=")
	switch {
	case len(source) > maxSelector:
		return s, badLong
	case fixed:
		s.fixed, s.text = true, text
		return s, good
	}
	s.text = strings.TrimLeft(source, "^")
	s.up = len(source) - len(s.text)
	if s.text = strings.TrimSpace(s.text); page {
		if i := strings.LastIndexByte(s.text, '@'); i >= 0 && !strings.ContainsAny(s.text[i:], `])"'`) {
			s.text, s.attr = strings.TrimSpace(s.text[:i]), strings.ToLower(s.text[i+1:])
		}
	}
	if s.up > 3 {
		return s, badSyntax
	}
	if s.text == "." || s.text == "" && s.attr != "" {
		s.text = "."
		return s, good
	}
	by, why := s.finder(sample)
	if !strings.Contains(s.text, numberMark) {
		s.by = by
	}
	return s, why
}

// finder parses the selector for a number.
func (s *selector) finder(n number.Number) (finder, fine) {
	if s.page {
		return parseCSS(strings.ReplaceAll(s.text, numberMark, plain(n)))
	}
	if !strings.HasPrefix(s.text, "$") {
		return nil, badSyntax
	}
	return parsePath(strings.ReplaceAll(s.text, numberMark, plain(n)))
}

// plain returns a number without characters that mean something in a selector.
func plain(n number.Number) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' {
			return r
		}
		return -1
	}, string(n))
}

// scope is where selectors start: the event, its group, the item and the whole answer,
// each only if it is another one.
type scope struct {
	levels []node
	number number.Number
	trace  *Trace
}

// in returns the scope of a node within this one.
func (s *scope) in(n node) *scope {
	return &scope{append([]node{n}, s.levels...), s.number, s.trace}
}

// nodes returns what the selector finds.
func (s *selector) nodes(at *scope) []node {
	start := at.levels[min(s.up, len(at.levels)-1)]
	if s.text == "." {
		return []node{start}
	}
	by := s.by
	if by == nil {
		var why fine
		if by, why = s.finder(at.number); why != good {
			return nil
		}
	}
	return by(start)
}

// values returns the texts of what the selector finds, the empty ones too.
func (s *selector) values(at *scope) []string {
	if s.fixed {
		return []string{strings.ReplaceAll(strings.ReplaceAll(s.text, numberMark, string(at.number)), "{country}", at.number.Country())}
	}
	var out []string
	for _, n := range s.nodes(at) {
		if s.attr == "" || n.html == nil {
			out = append(out, n.text())
			continue
		}
		for _, a := range n.html.Attr {
			if a.Key == s.attr {
				out = append(out, strings.Join(strings.Fields(a.Val[:min(len(a.Val), maxText)]), " "))
			}
		}
	}
	return out
}

// member is the name of the last member in a JSONPath, or the selector itself.
func (s *selector) member() string {
	name := strings.TrimRight(s.text, "]'\"*[")
	if i := strings.LastIndexAny(name, ".'\"]"); i >= 0 {
		name = name[i+1:]
	}
	return name
}

// message returns why a selector is refused, in words.
func (f fine) message() message.Text { return message.New(string(f)) }
