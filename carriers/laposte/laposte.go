// Package laposte asks La Poste's Suivi v2, which covers letters, Colissimo and
// Chronopost. Site: https://www.laposte.fr. It takes a key that
// https://developer.laposte.fr gives free of charge, since recently on request;
// the protocol is documented there. Ten numbers a call and ten calls a second are
// allowed. Keys of the sandbox know sample numbers only.
package laposte

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of La Poste.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "laposte",
		Title:     "La Poste",
		Site:      "https://www.laposte.fr",
		Page:      "https://www.laposte.fr/outils/suivre-vos-envois?code=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home, "MC", "GP", "MQ", "GF", "RE", "YT"},
		Country:   home,
		Language:  "en",
		Covers:    "France",
		Key:       "free",
		BaseURL:   "https://api.laposte.fr",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     10,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "Okapi key of the API Suivi v2, for production"},
		},
		Canary: "LL123456789CN",
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true, Personal: []string{
		"name", "companyName", "firstName", "lastName", "adr1", "adr2", "adr3", "adr4", "phone",
		"phoneNumber", "email",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the numbers of France. Items of other posts may be on their way
// there, and domestic parcels have a form of their own.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Country() == home {
		return carriers.Yes
	}
	return adapter.If(n.S10() || colissimo.MatchString(string(n)), carriers.Maybe)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, err
	}
	return adapter.All(numbers, func(n number.Number) (carriers.Result, error) {
		return c.read(answer, n, len(numbers) == 1)
	}), nil
}
