// Package provider holds what is known of mail providers: their servers, how their
// users log in and which of their servers judge mail. It knows nothing of the
// configuration and opens no connection.
package provider

import (
	_ "embed" // the table
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"parcelwatch/internal/netx"
)

// Provider is one mail provider; providers.toml explains the fields.
type Provider struct {
	ID        string   `toml:"id"` // empty where only its servers are known
	Domains   []string `toml:"domains"`
	MX        []string `toml:"mx"`
	IMAP      netx.Server
	SMTP      netx.Server
	Page      string   `toml:"page"`
	OAuth     string   `toml:"oauth"` // see [OAuthOf]
	OnlyOAuth bool     `toml:"only_oauth"`
	LocalName bool     `toml:"local_name"`
	Country   string   `toml:"country"`
	Hosts     []string `toml:"hosts"`
	Authserv  []string `toml:"authserv"`
	Advice    string   `toml:"advice"`
}

//go:embed providers.toml
var table []byte

//nolint:gochecknoglobals // the table, read once
var load = sync.OnceValues(func() ([]Provider, error) {
	var raw struct {
		Provider []struct {
			Provider
			IMAP string       `toml:"imap"`
			SMTP string       `toml:"smtp"`
			TLS  netx.TLSMode `toml:"tls"`
		} `toml:"provider"`
	}
	if err := toml.Unmarshal(table, &raw); err != nil {
		return nil, err
	}
	out := make([]Provider, len(raw.Provider))
	for i, r := range raw.Provider {
		out[i] = r.Provider
		if r.ID == "" {
			continue
		}
		var err error
		if out[i].IMAP, err = netx.ParseServer(r.IMAP, r.TLS, 993, 143); err != nil {
			return nil, err
		}
		if out[i].SMTP, err = netx.ParseServer(r.SMTP, r.TLS, 465, 587); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// All returns every provider, in the order of the table.
func All() []Provider {
	list, _ := load() // the table is embedded, and a test reads it
	return list
}

// ByDomain finds the provider of an address by its domain.
func ByDomain(domain string) (Provider, bool) {
	return first(func(p Provider) bool {
		return slices.ContainsFunc(p.Domains, func(pattern string) bool { return pattern == domain || matchesCountry(domain, pattern) })
	})
}

// ByMX finds the provider that receives the mail of a customer's own domain, by
// the name of the receiving server.
func ByMX(host string) (Provider, bool) {
	return first(func(p Provider) bool { return under(host, p.MX) })
}

// ByHost finds the provider by its IMAP server. A server on this machine, such as
// Proton Bridge, is nobody's.
func ByHost(host string) (Provider, bool) {
	if host == "" || netx.Loopback(host) {
		return Provider{}, false
	}
	return first(func(p Provider) bool { return strings.EqualFold(p.IMAP.Host, host) || under(host, p.Hosts) })
}

func first(fits func(Provider) bool) (Provider, bool) {
	list := All()
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	return Provider{}, false
}

func under(host string, domains []string) bool {
	return slices.ContainsFunc(domains, func(domain string) bool { return netx.Under(host, domain) })
}

// matchesCountry matches "yahoo.*" with yahoo.com and yahoo.co.uk, and not with
// yahoo.example.org.
func matchesCountry(domain, pattern string) bool {
	base, wild := strings.CutSuffix(pattern, "*")
	rest, ok := strings.CutPrefix(domain, base)
	if !wild || !ok || rest == "" {
		return false
	}
	top, second, two := strings.Cut(rest, ".")
	if !two {
		return len(top) <= 3
	}
	return (top == "co" || top == "com") && len(second) == 2
}
