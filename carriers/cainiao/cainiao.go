// Package cainiao asks Cainiao Global, the logistics network behind nearly every
// AliExpress parcel. Site: https://global.cainiao.com. It takes no key and no
// login. The protocol is not published; it is known from public clients
// (ha-cainiao, parcel and others). Alibaba blocks addresses that ask often, for
// all its services, so the adapter makes few calls with several numbers, hours
// apart. A web page instead of data, with or without a captcha, means "slow
// down".
package cainiao

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Cainiao.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "cainiao",
		Title:     "Cainiao Global",
		Called:    "Cainiao",
		Site:      "https://global.cainiao.com",
		Page:      "https://global.cainiao.com/newDetail.htm?mailNoList=%s&otherMailNoList=",
		Role:      carriers.RoleOrigin,
		Language:  "en",
		Covers:    "nearly all AliExpress numbers, until the local post takes over",
		BaseURL:   "https://global.cainiao.com",
		Interval:  20 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     10,
		Canary:    "LP00000000000", // the answer for an unknown number is recorded
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Cainiao and of the shop. Those of other posts may
// belong to AliExpress parcels, which only asking can tell.
func (*carrier) Match(n number.Number) carriers.Match {
	if adapter.Is(n, number.FamilyCainiao, number.FamilyAliExpress, number.FamilyCainiaoLine) {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyFourPX, number.FamilyYunExpress,
		number.FamilySunYou, number.FamilyUBI, number.FamilyYQ, number.FamilyPartner), carriers.Maybe)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	ans, entries, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, err
	}
	return adapter.All(numbers, func(n number.Number) (carriers.Result, error) { return c.read(ans, entries, n) }), nil
}
