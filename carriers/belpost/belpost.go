// Package belpost asks Belpost, the post of Belarus. Site: https://belpost.by.
// It takes no key. The protocol is not published; it is known from five public
// clients (BelpostTracker_bot, parcel-tracker, parcel and others). Clients that
// do not wait a minute between two calls are blocked for a while. The service
// answers for S10 numbers of any country. There is no list of codes: some answers
// contain numbers, most only words, and both are read.
package belpost

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Belpost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "belpost",
		Title:     "Belpost",
		Site:      "https://belpost.by",
		Page:      "https://belpost.by/Otsleditotpravleniye?number=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "ru",
		Covers:    "Belarus",
		BaseURL:   "https://api.belpost.by",
		Interval:  time.Minute,
		PerNumber: 4 * time.Hour,
		Batch:     1,
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Minsk", NewestFirst: true})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Belarus. Items of other posts may be on their way
// there.
func (*carrier) Match(n number.Number) carriers.Match { return adapter.National(n, home) }

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
