package extract

import (
	"iter"
	"strings"
)

// rows are the lines of an embedded table, split at tabs. Comments and blank
// lines are left out.
func rows(name string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		raw, err := tables.ReadFile(name)
		if err != nil {
			return // the file is part of the program; a test reads every table
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

// languages are the names of the phrase tables, in the order of the folder.
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
