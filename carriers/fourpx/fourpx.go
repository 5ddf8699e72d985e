// Package fourpx asks 4PX, a Chinese consolidator whose parcels are delivered by a
// local post or courier. Site: https://track.4px.com. It takes no key. The
// protocol is not published; it is known from several public clients
// (mcp-parceltrack, parcel and others). Only the first number of a call is
// answered. No limit is published; clients keep an answer for up to an hour. The
// answer contains the number at the last carrier.
package fourpx

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of 4PX.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "fourpx",
		Title:     "4PX",
		Site:      "https://track.4px.com",
		Page:      "https://track.4px.com/#/result/0/%s",
		Role:      carriers.RoleOrigin,
		Countries: []string{"CN"},
		Language:  "en",
		Covers:    "`4PX...`",
		BaseURL:   "https://track.4px.com",
		Interval:  3 * time.Second,
		PerNumber: time.Hour,
		Batch:     1,
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true, Personal: []string{
		"consigneePostcode", "sigPicUrl",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the forms of 4PX. It also uses LP and 14 digits, but nearly all of
// those are Cainiao's.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Family() == number.FamilyFourPX {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilyFourPX), carriers.Maybe)
}

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
