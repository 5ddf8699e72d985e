package extract

import (
	"iter"
	"strings"
)

// rows returns the lines of an embedded table, split at tabs, without comments
// and blank lines.
func rows(name string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		raw, err := tables.ReadFile(name)
		if err != nil {
			return // embedded, and a test reads every table
		}
		for line := range strings.Lines(string(raw)) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(strings.Split(line, "\t")) {
				return
			}
		}
	}
}

// languages returns the names of the phrase tables in directory order.
func languages() []string {
	entries, err := tables.ReadDir("phrases")
	if err != nil {
		return nil
	}
	out := make([]string, 0, len(entries))
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".tsv"))
	}
	return out
}
