package locale

import (
	_ "embed"
	"strings"
)

// carriersTable is written from the facts of the carriers by the tests of
// carriers/all: their name, what they are called, the country whose post they are,
// the language of their texts, and whether the texts are just names of codes.
//
//go:embed carriers.tsv
var carriersTable string

// facts are what a printer knows of a carrier.
type facts struct {
	called   string
	country  string
	language string // of its texts; "" if they come in several
	standard bool   // its texts are the names of its codes and add nothing to them
}

func carriersByName() map[string]facts {
	all := map[string]facts{}
	for line := range strings.Lines(carriersTable) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 5 {
			all[f[0]] = facts{called: f[1], country: f[2], language: f[3], standard: f[4] == "true"}
		}
	}
	return all
}
