// Package belpost asks Belpost, the post of Belarus, as its site does. Site:
// https://belpost.by. No key; the protocol is not published and known from five
// public clients (BelpostTracker_bot, parcel-tracker, parcel and others). They
// wait a minute between calls and are blocked for a while when they do not. Only
// numbers of the postal union's form are taken, of any country. There is no list
// of codes: some answers have numbers, most only words, and both are read.
package belpost

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

// Info is what is known of Belpost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "belpost",
		Title:     "Belpost",
		Site:      "https://belpost.by",
		Page:      "https://belpost.by/Otsleditotpravleniye?number=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"BY"},
		BaseURL:   "https://api.belpost.by",
		Interval:  time.Minute,
		PerNumber: 4 * time.Hour,
		Batch:     1,
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

// Match is sure of its own numbers. It also answers for other posts' items on
// the way to Belarus.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Country() == home {
		return carriers.Yes
	}
	return adapter.If(n.S10() || adapter.Is(n, number.FamilyYanwen), carriers.Maybe)
}

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, data, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, data, n)
}
