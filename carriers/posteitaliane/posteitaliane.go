// Package posteitaliane asks Poste Italiane as its site does. Site:
// https://www.poste.it. No key; the protocol is not published and known from two
// public clients (parcel, ha-poste-italiane). Every answer comes with HTTP 200
// and says in itself whether the number is known. Texts decide what a movement
// means, a coarse number beside them where they are not known. No limits are
// published, so few requests are made.
package posteitaliane

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

// Info is what is known of Poste Italiane.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "posteitaliane",
		Title:     "Poste Italiane",
		Site:      "https://www.poste.it",
		Page:      "https://www.poste.it/cerca/index.html#/risultati-spedizioni/%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"IT"},
		BaseURL:   "https://www.poste.it",
		Interval:  10 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
		Canary:    "RN000000000IT", // its answer for an unknown number is on record
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "destinatario", "mittente")
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	rome, err := adapter.Place("Europe/Rome")
	if err != nil {
		return nil, err
	}
	return &carrier{client: client, codes: table, rome: rome}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
	rome   *time.Location
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of its own numbers. It also answers for other posts' items on
// the way to Italy.
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
	ans, e, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, e, n)
}
