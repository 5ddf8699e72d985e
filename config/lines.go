package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxDepth limits how deep tables may be nested. The configuration has three
// levels.
const maxDepth = 16

// lines maps each path of a file to its line. The decoder only gives positions
// for its own errors, but ours need them too.
type lines map[string]int

// of returns the line of the path or of its nearest parent.
func (l lines) of(path string) int {
	for path != "" {
		if n := l[path]; n > 0 {
			return n
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 0
}

// indexLines returns the lines of a document that is known to be valid.
func indexLines(data []byte) lines {
	w := lineWalker{lines: lines{}, counts: map[string]int{}}
	w.walk(data)
	return w.lines
}

// indexTexts returns where the texts in quotes stand in a document that is known to be
// valid, with their quotes.
func indexTexts(data []byte) map[string]unstable.Range {
	w := lineWalker{lines: lines{}, counts: map[string]int{}, texts: map[string]unstable.Range{}}
	w.walk(data)
	return w.texts
}

func (w *lineWalker) walk(data []byte) {
	for i, b := range data {
		if b == '\n' {
			w.ends = append(w.ends, i)
		}
	}
	w.parser.Reset(data)
	for w.parser.NextExpression() {
		e := w.parser.Expression()
		switch e.Kind { //nolint:exhaustive // the other kinds never stand at the top level
		case unstable.Table:
			w.base = w.keys("", e, false)
		case unstable.ArrayTable:
			w.base = w.keys("", e, true)
		case unstable.KeyValue:
			w.keyValue(w.base, e)
		}
	}
}

type lineWalker struct {
	parser unstable.Parser
	lines  lines
	texts  map[string]unstable.Range // where each text in quotes stands
	counts map[string]int            // number of elements so far in each array of tables
	base   string                    // the table that the next keys belong to
	ends   []int                     // offset of each line's end
}

// keys records the path of a dotted key and returns it. If a part is an array
// of tables, it stands for the newest element.
func (w *lineWalker) keys(base string, e *unstable.Node, element bool) string {
	path := base
	it := e.Key()
	for depth := 0; it.Next() && depth < maxDepth; depth++ {
		n := it.Node()
		path = join(path, string(n.Data))
		last := it.IsLast()
		if last && element {
			w.counts[path]++
		}
		if count := w.counts[path]; count > 0 {
			path += "[" + strconv.Itoa(count-1) + "]"
		}
		if _, seen := w.lines[path]; !seen || last {
			w.lines[path] = w.line(n)
		}
	}
	return path
}

func (w *lineWalker) keyValue(base string, e *unstable.Node) {
	if path := w.keys(base, e, false); strings.Count(path, ".") < maxDepth {
		w.value(path, e.Value())
	}
}

func (w *lineWalker) value(path string, v *unstable.Node) {
	if strings.Count(path, "[") > maxDepth {
		return
	}
	switch v.Kind { //nolint:exhaustive // numbers, dates and booleans are not looked for
	case unstable.String:
		if w.texts != nil {
			w.texts[path] = v.Raw
		}
	case unstable.InlineTable:
		it := v.Children()
		for it.Next() {
			w.keyValue(path, it.Node())
		}
	case unstable.Array:
		i := 0
		it := v.Children()
		for it.Next() {
			element := path + "[" + strconv.Itoa(i) + "]"
			if n := it.Node(); n.Raw.Length > 0 {
				w.lines[element] = w.line(n)
			}
			w.value(element, it.Node())
			i++
		}
	}
}

// line uses a binary search, because the parser's own method counts from the
// start of the file each time.
func (w *lineWalker) line(n *unstable.Node) int {
	before, _ := slices.BinarySearch(w.ends, int(n.Raw.Offset))
	return before + 1
}

func join(base, key string) string {
	if base == "" {
		return key
	}
	return base + "." + key
}
