// Package postnord asks PostNord, the post of Sweden and Denmark, which also
// delivers in Norway and Finland. Site: https://www.postnord.com. It takes a key
// that https://developer.postnord.com gives to anyone who registers, free of
// charge; the protocol (Track and Trace v5) is documented there. The key is a
// part of the request's URL, so no URL is ever shown. An unknown number is an
// empty list. Limits are not published.
package postnord

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of PostNord.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "postnord",
		Title:     "PostNord",
		Site:      "https://www.postnord.com",
		Page:      "https://tracking.postnord.com/en/tracking?id=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"SE", "DK", "NO", "FI"},
		Language:  "en",
		Covers:    "Sweden, Denmark, Norway, Finland",
		Key:       "free",
		BaseURL:   "https://api2.postnord.com",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "API key of the developer portal"},
		},
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Personal: []string{
		"name", "street1", "street2", "signature",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Sweden and Denmark. Items of other posts may be on
// their way there, and partners use 18 digits.
func (*carrier) Match(n number.Number) carriers.Match {
	switch n.Country() {
	case "SE", "DK":
		return carriers.Yes
	default:
		return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyPartner), carriers.Maybe)
	}
}

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
