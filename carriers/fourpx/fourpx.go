// Package fourpx asks 4PX, a Chinese consolidator whose parcels a local post or
// courier delivers. Site: https://track.4px.com. No key; the protocol is not
// published and known from several public clients (mcp-parceltrack, parcel and
// others). Only the first number of a call is answered. No limit is published;
// clients keep an answer for an hour at most. The number at the last carrier is
// in the answer.
package fourpx

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

// Info is what is known of 4PX.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "fourpx",
		Title:     "4PX",
		Site:      "https://track.4px.com",
		Page:      "https://track.4px.com/#/result/0/%s",
		Role:      carriers.RoleOrigin,
		Countries: []string{"CN"},
		BaseURL:   "https://track.4px.com",
		Interval:  3 * time.Second,
		PerNumber: time.Hour,
		Batch:     1,
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "consigneePostcode", "sigPicUrl")
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

// Match is sure of its own forms. It uses LP and 14 digits too, which are
// Cainiao's nearly always.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Family() == number.FamilyFourPX {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilyFourPX), carriers.Maybe)
}

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, it, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, it, n)
}
