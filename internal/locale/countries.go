package locale

import "slices"

// countries returns the names of countries in a language, by ISO 3166-1 alpha-2 code.
// It is empty for a language that CLDR does not have. The tables of
// golang.org/x/text/language/display for all languages would be a tenth of the program.
func countries(language string) map[string]string {
	names := map[string]string{}
	column := 0
	for row := range rows("countries.tsv", 1+len(Languages())) {
		if row[0] == "code" {
			column = slices.Index(row, language)
		} else if column > 0 {
			names[row[0]] = row[column]
		}
	}
	return names
}
