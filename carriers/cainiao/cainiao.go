// Package cainiao asks Cainiao Global, the logistics network behind nearly every
// AliExpress parcel. Site: https://global.cainiao.com. No key, no login; the
// protocol is not published and known from public clients (ha-cainiao, parcel
// and others). Alibaba soft-bans addresses that ask often, for all its services:
// few batched calls, hours apart. A web page instead of data, with a captcha or
// without, is its way to say "slow down".
package cainiao

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

// Info is what is known of Cainiao.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "cainiao",
		Title:     "Cainiao Global",
		Site:      "https://global.cainiao.com",
		Page:      "https://global.cainiao.com/newDetail.htm?mailNoList=%s&otherMailNoList=",
		Role:      carriers.RoleOrigin,
		BaseURL:   "https://global.cainiao.com",
		Interval:  20 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     10,
		Canary:    "LP00000000000", // its answer for an unknown number is on record
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg)
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	return &carrier{client: client, codes: table}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of Cainiao's own numbers and the shop's. It also answers for
// other posts' numbers of AliExpress parcels, which only asking tells apart.
func (*carrier) Match(n number.Number) carriers.Match {
	if adapter.Is(n, number.FamilyCainiao, number.FamilyAliExpress, number.FamilyCainiaoLine) {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyFourPX, number.FamilyYunExpress,
		number.FamilySunYou, number.FamilyUBI, number.FamilyYQ, number.FamilyPartner), carriers.Maybe)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, err
	}
	results := make([]carriers.Result, 0, len(numbers))
	for _, n := range numbers {
		results = append(results, c.read(answer, n))
	}
	return results, nil
}
