package carriers

import "embed"

// tables are the code tables of all adapters.
//
//go:embed */codes.tsv
var tables embed.FS

// CodeTable returns the codes.tsv in the folder of a carrier, or "" if it has none.
func CodeTable(name string) string {
	table, err := tables.ReadFile(name + "/codes.tsv")
	if err != nil {
		return ""
	}
	return string(table)
}
