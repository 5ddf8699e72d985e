// Package ems asks the EMS Cooperative's public tracker, which the posts of the
// union share for their express items (E? numbers): China EMS and all others.
// Site: https://www.ems.post. No key; the answer is a piece of a web page and
// known from public clients. Programs that do not name themselves like a browser
// are turned away. No limits are published, so it is asked a few times a day. It
// prints wall clocks of the places without a zone, and may lack domestic scans.
package ems

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

// Info is what is known of the service.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "ems",
		Title:     "EMS (China EMS and others)",
		Site:      "https://www.ems.post",
		Page:      "https://items.ems.post/api/publicTracking/track?language=EN&itemId=%s",
		Role:      carriers.RoleOrigin,
		BaseURL:   "https://items.ems.post",
		Interval:  5 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
		Canary:    "EB000000005CN", // its answer for an unknown number is on record
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

// Match fits express items of the union's form. For China there is no other
// service that can be asked.
func (*carrier) Match(n number.Number) carriers.Match {
	switch {
	case !n.S10() || n[0] != 'E':
		return carriers.No
	case n.Country() == "CN" && n.Check() == number.CheckOK:
		return carriers.Yes
	default:
		return carriers.Maybe
	}
}

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, rows, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, rows, n)
}
