package carriers

import "embed"

// tables are the code tables of all adapters, and that of countries.
//
//go:embed */codes.tsv internal/adapter/countries.tsv
var tables embed.FS

// CodeTable returns the codes.tsv in the folder of a carrier, or "" if it has none.
func CodeTable(name string) string { return table(name + "/codes.tsv") }

// Countries returns the table of countries that the adapters share.
func Countries() string { return table("internal/adapter/countries.tsv") }

func table(path string) string {
	text, err := tables.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text)
}
