package locale

import (
	_ "embed"
	"slices"

	"parcelwatch/internal/textx"
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
	column := 0
	for row := range textx.Rows(countriesTable, 1+len(Languages())) {
		if row[0] == "code" {
			column = slices.Index(row, language)
		} else if column > 0 {
			names[row[0]] = row[column]
		}
	}
	return names
}
