package setup

import (
	_ "embed" // the table
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"parcelwatch/internal/provider"
)

//go:embed countries.toml
var countries []byte

// Guess holds the hints from which the destination country is guessed.
type Guess struct {
	Domain   string // of the mail address
	Zone     string // "Europe/Moscow"
	Language string // "ru_RU.UTF-8"
}

// Country returns the most likely country, empty without a hint. The time zone has
// priority.
func (g Guess) Country() string {
	var table map[string]struct{ Zones, Domains []string }
	_ = toml.Unmarshal(countries, &table) // the table is embedded, and a test reads it
	for code, c := range table {
		if slices.Contains(c.Zones, g.Zone) {
			return code
		}
	}
	if p, ok := provider.ByDomain(g.Domain); ok && p.Country != "" {
		return p.Country
	}
	for code, c := range table {
		if slices.Contains(c.Domains, g.Domain[strings.LastIndex(g.Domain, ".")+1:]) {
			return code
		}
	}
	tag, _, _ := strings.Cut(g.Language, ".")
	tag, _, _ = strings.Cut(tag, "@")
	_, region, _ := strings.Cut(strings.ReplaceAll(tag, "-", "_"), "_")
	if len(region) == 2 && g.Language != "en_US.UTF-8" { // the default of many system images
		return strings.ToUpper(region)
	}
	return ""
}
