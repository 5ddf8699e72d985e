package textx

import (
	"iter"
	"strings"
)

// Rows returns the rows of an embedded table that have the given number of columns,
// split at tabs. Lines that begin with # are comments.
func Rows(table string, columns int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
			if len(cells) == columns && !strings.HasPrefix(line, "#") && !yield(cells) {
				return
			}
		}
	}
}
