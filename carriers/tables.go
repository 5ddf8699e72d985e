package carriers

import (
	"embed"
	"iter"

	"parcelwatch/internal/textx"
)

// tables are the code tables of all adapters, and that of countries.
//
//go:embed */codes.tsv internal/adapter/countries.tsv
var tables embed.FS

// CodeTable returns the codes.tsv in the folder of a carrier, or "" if it has none.
func CodeTable(name string) string {
	text, err := tables.ReadFile(name + "/codes.tsv")
	if err != nil {
		return ""
	}
	return string(text)
}

// Countries returns the rows of the table of countries that the adapters share.
func Countries() iter.Seq[[]string] { return textx.Rows(tables, "internal/adapter/countries.tsv", 3) }
