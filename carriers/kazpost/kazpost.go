// Package kazpost asks Kazpost, the post of Kazakhstan. Site: https://post.kz. No
// key; the protocol is known from the post's own help page as public clients
// quote it, and from answers of 2020. The service keeps its answers for an hour,
// so that asking more often tells nothing. Events have codes and no words; where
// a parcel waits, a second call tells how long. Details hold the names and
// addresses of sender and addressee, which are never read.
package kazpost

import (
	"context"
	_ "embed" // the code table
	"errors"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

//go:embed codes.tsv
var codes string

// Info is what is known of Kazpost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "kazpost",
		Title:     "Kazpost",
		Site:      "https://post.kz",
		Page:      "https://post.kz/services/postal/%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		BaseURL:   "https://track.post.kz",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Canary:    "RK070333447CN", // the help page's example
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "name", "name_fact", "address", "phone")
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
// the way to Kazakhstan.
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
	ans, days, err := c.events(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	res, err := c.read(ans, days, n)
	if err != nil || !waits(res.Tracking) {
		return res, err
	}
	// What the details add is worth a call, and not worth losing the events.
	d, err := c.details(ctx, n)
	switch {
	case errors.Is(err, context.Canceled):
		return carriers.Result{}, err
	case err == nil:
		d.addTo(&res.Tracking)
	}
	return res, nil
}
