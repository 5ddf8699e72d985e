package locale

import (
	_ "embed"
	"slices"
	"strings"
)

// The names are kept here and not asked of golang.org/x/text/language/display,
// whose tables of all the world's languages are a tenth of the whole program.
//
//go:embed countries.tsv
var countriesTable string

// countries are the names of countries in a language, by ISO 3166-1 alpha-2
// code; empty for a language that CLDR does not have.
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
