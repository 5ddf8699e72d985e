// Package laposte asks La Poste's Suivi v2, which answers for letters, Colissimo
// and Chronopost. Site: https://www.laposte.fr. It takes a key that
// https://developer.laposte.fr gives free of charge, of late on request; the
// protocol is documented there. Ten numbers a call and ten calls a second are
// allowed. Keys of its sandbox know sample numbers only.
package laposte

import (
	"context"
	_ "embed" // the code table
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

//go:embed codes.tsv
var codes string

// Info is what is known of La Poste.
func Info() carriers.Info {
	return carriers.Info{ //nolint:gosec // names of settings, no credentials
		Name:      "laposte",
		Title:     "La Poste",
		Site:      "https://www.laposte.fr",
		Page:      "https://www.laposte.fr/outils/suivre-vos-envois?code=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"FR", "MC", "GP", "MQ", "GF", "RE", "YT"},
		BaseURL:   "https://api.laposte.fr",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     10,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "Okapi key of the API Suivi v2, for production"},
		},
		CredentialHelp: "free at https://developer.laposte.fr: subscribe to Suivi v2; keys of the sandbox answer for samples only",
		Canary:         "LL123456789CN",
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "name", "companyName", "firstName", "lastName", "adr1", "adr2", "adr3", "adr4",
		"phone", "phoneNumber", "email")
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	return &carrier{client: client, codes: table, key: cfg.Settings["key"]}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
	key    string
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of the numbers that La Poste gave. It also answers for other
// posts' items on the way to France, and for Colissimo's own form.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Country() == "FR" {
		return carriers.Yes
	}
	return adapter.If(n.S10() || colissimo(string(n)), carriers.Maybe)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, err
	}
	results := make([]carriers.Result, 0, len(numbers))
	for _, n := range numbers {
		results = append(results, c.read(answer, n, len(numbers) == 1))
	}
	return results, nil
}
