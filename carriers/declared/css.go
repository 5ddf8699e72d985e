package declared

import (
	"regexp"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// cssSelector picks elements: compound selectors, joined by combinators. It is matched
// step by step from the outside to the inside, each step in one walk through the page,
// because matching from the inside tries every way up.
type cssSelector struct{ steps []step }

type step struct {
	how byte // combinator before it: blank, '>', '+', '~'
	sel cascadia.Sel
}

// maxSteps is the number of compound selectors in a selector.
const maxSteps = 12

// compound is a selector without combinators that looks at an element, its attributes,
// its place among its siblings and at most once at its text.
var (
	compound = regexp.MustCompile(`^(?:\*|[A-Za-z][\w-]*)?(?:[.#][\w-]+|\[[\w-]+(?:[~|^$*]?=(?:[\w-]+|"[^"\\]*"|'[^'\\]*'))?\]|:(?:first|last|only)-(?:child|of-type)|:empty|:nth-(?:last-)?(?:child|of-type)\([\w+ -]+\)|:not\([\w.#-]+\)|:contains(?:own|Own)?\((?:"[^"\\]*"|'[^'\\]*')\))*$`)
	contains = regexp.MustCompile(`(?i):contains`)
)

// parseCSS parses a selector.
func parseCSS(text string) (finder, fine) {
	var s cssSelector
	how := byte(' ')
	for _, part := range parts(text) {
		if len(part) == 1 && strings.Contains(">+~", part) {
			if how != ' ' {
				return nil, badSyntax
			}
			how = part[0]
			continue
		}
		if !compound.MatchString(part) || len(contains.FindAllString(part, 2)) > 1 {
			return nil, badCSS
		}
		sel, err := cascadia.Parse(part)
		if err != nil {
			return nil, badSyntax
		}
		s.steps = append(s.steps, step{how, sel})
		how = ' '
	}
	if len(s.steps) == 0 || len(s.steps) > maxSteps || how != ' ' {
		return nil, badSyntax
	}
	return s.find, good
}

// parts splits a selector at its blanks and combinators. What stands in brackets or
// quotes stays together.
func parts(text string) []string {
	var out []string
	var part strings.Builder
	depth, quote := 0, rune(0)
	end := func() {
		if part.Len() > 0 {
			out = append(out, part.String())
			part.Reset()
		}
	}
	for _, r := range text {
		inside := depth > 0 || quote != 0
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case quote == 0 && (r == '(' || r == '['):
			depth++
		case quote == 0 && (r == ')' || r == ']'):
			depth--
		}
		switch {
		case !inside && strings.ContainsRune(" \t\r\n", r):
			end()
		case !inside && strings.ContainsRune(">+~", r):
			end()
			out = append(out, string(r))
		default:
			part.WriteRune(r)
		}
	}
	end()
	return out
}

// find returns the elements below n that fit, in the order of the page.
func (s cssSelector) find(n node) []node {
	from := map[*html.Node]bool{n.html: true}
	for _, st := range s.steps {
		from = st.next(n.html, from)
	}
	var out []node
	walk(n.html, func(h *html.Node) {
		if from[h] {
			out = append(out, node{html: h})
		}
	})
	return out
}

// next returns the elements that the step reaches from others.
func (s step) next(root *html.Node, from map[*html.Node]bool) map[*html.Node]bool {
	out := map[*html.Node]bool{}
	var visit func(parent *html.Node, inside bool)
	visit = func(parent *html.Node, inside bool) {
		before, beside := false, false // the element before, any element before
		for c := parent.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode {
				continue
			}
			reached := inside
			switch s.how {
			case '>':
				reached = from[parent]
			case '+':
				reached = before
			case '~':
				reached = beside
			}
			if reached && s.sel.Match(c) {
				out[c] = true
			}
			before = from[c]
			beside = beside || before
			visit(c, inside || from[c])
		}
	}
	visit(root, from[root])
	return out
}

// walk calls each for all elements below n.
func walk(n *html.Node, each func(*html.Node)) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			each(c)
			walk(c, each)
		}
	}
}
