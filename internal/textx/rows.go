package textx

import (
	"io/fs"
	"iter"
	"strings"
)

// Rows returns the rows of a table among embedded files that have the given number of
// columns, split at tabs; with 0 columns, all rows that are not blank. Lines that begin
// with # are comments. A missing table has no rows.
func Rows(files fs.FS, name string, columns int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		table, err := fs.ReadFile(files, name)
		if err != nil {
			return
		}
		for line := range strings.Lines(string(table)) {
			line = strings.TrimRight(line, "\r\n")
			cells := strings.Split(line, "\t")
			fits := len(cells) == columns || columns == 0 && line != ""
			if fits && !strings.HasPrefix(line, "#") && !yield(cells) {
				return
			}
		}
	}
}
