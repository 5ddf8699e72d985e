package declared

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Limits of an answer. Answers of posts have a few hundred values.
const (
	maxAnswer   = 1 << 20 // bytes
	maxNodes    = 100_000 // JSON values or HTML nodes
	maxDepth    = 40      // of JSON
	maxNesting  = 200     // of HTML elements
	maxChildren = 3000    // of one HTML element
	maxText     = 4000    // bytes of one value
)

var (
	errLarge = errors.New("the answer has too many values, or they are nested too deep")
	errRest  = errors.New("something follows the JSON value")
)

// node is a JSON value or an HTML node.
type node struct {
	value any
	html  *html.Node
}

// text returns the words of a node: a scalar of JSON, or the text below an element.
// Objects, lists and null have none.
func (n node) text() string {
	if n.html != nil {
		var b strings.Builder
		words(&b, n.html)
		return strings.Join(strings.Fields(b.String()), " ")
	}
	switch v := n.value.(type) {
	case string:
		return strings.TrimSpace(v[:min(len(v), maxText)])
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	default:
		return ""
	}
}

// words writes the text below an element, with a blank between elements.
func words(b *strings.Builder, n *html.Node) {
	if b.Len() > maxText {
		return
	}
	switch {
	case n.Type == html.TextNode:
		b.WriteString(n.Data[:min(len(n.Data), maxText)])
	case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style"):
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		words(b, c)
	}
	if n.Type == html.ElementNode {
		b.WriteByte(' ')
	}
}

// says reports whether a node says something: null, false, 0, an empty text and an
// empty list do not, because services send them where nothing is wrong.
func (n node) says() bool {
	if n.html != nil {
		return true
	}
	switch v := n.value.(type) {
	case nil:
		return false
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	default:
		t := n.text()
		return t != "" && t != "false" && t != "0"
	}
}

// empty reports whether a node is a list without members, or an object without any if
// objects count.
func (n node) empty(objects bool) bool {
	switch v := n.value.(type) {
	case map[string]any:
		return objects && len(v) == 0
	case []any:
		return len(v) == 0
	default:
		return false
	}
}

// callback is the function that an answer in JavaScript calls with its data.
var callback = regexp.MustCompile(`^[\w.$]{1,80}\(`)

// parseJSON parses an answer, or the argument of the function that it calls.
func parseJSON(body []byte) (node, error) {
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf"))
	if at := callback.FindIndex(body); at != nil {
		body = bytes.TrimSuffix(bytes.TrimRight(body[at[1]:], "; \r\n\t"), []byte(")"))
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var n node
	if err := d.Decode(&n.value); err != nil {
		return node{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return node{}, errRest
	}
	if left := maxNodes; !fits(n.value, maxDepth, &left) {
		return node{}, errLarge
	}
	return n, nil
}

// fits reports whether a value is within the limits of depth and count.
func fits(v any, depth int, left *int) bool {
	*left--
	if depth < 0 || *left < 0 {
		return false
	}
	switch v := v.(type) {
	case map[string]any:
		for _, one := range v {
			if !fits(one, depth-1, left) {
				return false
			}
		}
	case []any:
		for _, one := range v {
			if !fits(one, depth-1, left) {
				return false
			}
		}
	}
	return true
}

// parsePage parses an HTML page.
func parsePage(body []byte) (node, error) {
	page, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return node{}, err
	}
	left := maxNodes
	if !small(page, maxNesting, &left) {
		return node{}, errLarge
	}
	return node{html: page}, nil
}

func small(n *html.Node, depth int, left *int) bool {
	children := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		*left--
		if children++; depth < 0 || *left < 0 || children > maxChildren || !small(c, depth-1, left) {
			return false
		}
	}
	return true
}
