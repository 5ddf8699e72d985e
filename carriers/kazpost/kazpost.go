// Package kazpost asks Kazpost, the post of Kazakhstan. Site: https://post.kz. It
// takes no key. The protocol is known from the post's own help page, as public
// clients quote it, and from answers of 2020. The service keeps an answer for an
// hour, so asking more often is useless. Events have codes and no words; for a
// parcel that waits, a second call tells how long. The details contain the names
// and addresses of sender and addressee, which are not read.
package kazpost

import (
	"context"
	"errors"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Kazpost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "kazpost",
		Title:     "Kazpost",
		Site:      "https://post.kz",
		Page:      "https://post.kz/services/postal/%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "en",
		Standard:  true,
		Covers:    "Kazakhstan",
		BaseURL:   "https://track.post.kz",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Canary:    "RK070333447CN", // the help page's example
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Personal: []string{
		"name", "name_fact", "address", "phone",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Kazakhstan. Items of other posts may be on their
// way there.
func (*carrier) Match(n number.Number) carriers.Match { return adapter.National(n, home) }

// Track asks for one number at a time.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

// one asks for the history and, if the item waits, for its details. If the
// details fail, the history is still good.
func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	res, err := c.history(ctx, n)
	last, waits := adapter.Waiting(res.Tracking.Events)
	if err != nil || !waits {
		return res, err
	}
	d, err := c.details(ctx, n)
	switch {
	case errors.Is(err, context.Canceled):
		return carriers.Result{}, err
	case err == nil:
		d.addTo(&res.Tracking, last)
	}
	return res, nil
}
