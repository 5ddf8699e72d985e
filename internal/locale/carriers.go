package locale

import (
	_ "embed"

	"parcelwatch/internal/textx"
)

// carriersTable is generated from the carriers' facts by the tests of carriers/all:
// name in the configuration, display name, the country whose post it is, the language
// of its texts, and whether the texts are only names of its codes.
//
//go:embed carriers.tsv
var carriersTable string

// facts are what a printer knows about a carrier.
type facts struct {
	called   string
	country  string
	language string // of its texts; "" if they come in several
	standard bool   // its texts are the names of its codes and add nothing to them
}

func carriersByName() map[string]facts {
	all := map[string]facts{}
	for f := range textx.Rows(carriersTable, 5) {
		all[f[0]] = facts{called: f[1], country: f[2], language: f[3], standard: f[4] == "true"}
	}
	return all
}
