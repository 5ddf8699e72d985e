package extract

import (
	"iter"
	"strings"

	"parcelwatch/internal/packed"
	"parcelwatch/internal/textx"
)

// rows returns the rows of an embedded table.
func rows(name string) iter.Seq[[]string] { return textx.Rows(packed.Files{FS: tables}, name, 0) }

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
