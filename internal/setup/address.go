package setup

import (
	_ "embed" // the table
	"errors"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
)

// ErrAddress is returned for a text that is not a mail address.
var ErrAddress = errors.New("not a mail address")

// ParseAddress parses a mail address and returns it without a display name and with
// its domain in lower case.
func ParseAddress(text string) (address, domain string, err error) {
	a, err := mail.ParseAddress(strings.TrimSpace(text))
	if err != nil {
		return "", "", fmt.Errorf("%.80q: %w", text, ErrAddress)
	}
	local, domain := cutLast(a.Address, "@")
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if !netx.IsHost(domain) && !international(domain) || local == "" {
		return "", "", fmt.Errorf("%.80q: %w", text, ErrAddress)
	}
	return local + "@" + domain, domain, nil
}

func international(domain string) bool {
	return strings.IndexFunc(domain, func(r rune) bool { return r > 0x7f }) >= 0 && !strings.ContainsAny(domain, " /:\\\"'<>")
}

func cutLast(s, sep string) (before, after string) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):]
	}
	return s, ""
}

// Related reports whether host belongs to the domain of an address or to the domain
// of its mail server.
func Related(name, domain, host string) bool {
	name = strings.ToLower(name)
	if _, parent, ok := strings.Cut(strings.ToLower(host), "."); ok && strings.Contains(parent, ".") && net.ParseIP(host) == nil && netx.Under(name, parent) {
		return true
	}
	return netx.Under(name, domain)
}

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
