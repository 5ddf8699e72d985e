// Package inpost asks InPost, the Polish lockers and couriers, for its numbers of
// 24 digits. Site: https://inpost.pl. The tracking of ShipX takes no key and is
// documented at https://dokumentacja-inpost.atlassian.net. It tells codes alone,
// so that the words are ours. Its web site has a newer form with the codes of the
// InPost group; that one is read, too, since the service may go over to it.
package inpost

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

// Info is what is known of InPost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "inpost",
		Title:     "InPost",
		Site:      "https://inpost.pl",
		Page:      "https://inpost.pl/sledzenie-przesylek?number=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		BaseURL:   "https://api-shipx-pl.easypack24.net",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Canary:    "000000000000000000000000", // never given out
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "name", "phone", "email", "first_name", "last_name")
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	zone, err := adapter.Place("Europe/Warsaw")
	if err != nil {
		return nil, err
	}
	return &carrier{client: client, codes: table, zone: zone}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
	zone   *time.Location
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of 24 digits: nobody else here has as many.
func (*carrier) Match(n number.Number) carriers.Match {
	return adapter.If(adapter.Is(n, number.FamilyInPost), carriers.Yes)
}

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, all, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, all, n)
}
