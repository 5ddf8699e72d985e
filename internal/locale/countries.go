package locale

import (
	_ "embed"
	"slices"
	"strings"
)

// The names are kept here instead of using golang.org/x/text/language/display, whose
// tables for all languages would be a tenth of the program.
//
//go:embed countries.tsv
var countriesTable string

// countries returns the names of countries in a language, by ISO 3166-1 alpha-2 code.
// It is empty for a language that CLDR does not have.
func countries(language string) map[string]string {
	names := map[string]string{}
	column := -1
	for line := range strings.Lines(countriesTable) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case strings.HasPrefix(line, "#"):
		case cells[0] == "code":
			column = slices.Index(cells, language)
		case column > 0 && column < len(cells):
			names[cells[0]] = cells[column]
		}
	}
	return names
}
