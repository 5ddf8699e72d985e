// Package inpost asks InPost, the Polish lockers and couriers, about its numbers
// of 24 digits. Site: https://inpost.pl. The tracking of ShipX takes no key and
// is documented at https://dokumentacja-inpost.atlassian.net. It answers with
// codes only, so the words are ours. The web site uses a newer form with the codes
// of the InPost group; that form is read as well.
package inpost

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of InPost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "inpost",
		Title:     "InPost",
		Site:      "https://inpost.pl",
		Page:      "https://inpost.pl/sledzenie-przesylek?number=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Language:  "en",
		Standard:  true,
		Covers:    "Poland",
		BaseURL:   "https://api-shipx-pl.easypack24.net",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Canary:    "000000000000000000000000", // never given out
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Warsaw", NewestFirst: true, Personal: []string{
		"name", "phone", "email", "first_name", "last_name",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims 24 digits, which no other carrier uses.
func (*carrier) Match(n number.Number) carriers.Match {
	return adapter.If(adapter.Is(n, number.FamilyInPost), carriers.Yes)
}

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
