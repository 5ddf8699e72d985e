// Package singpost asks Singapore Post's tracking API for businesses (v1.0). Site:
// https://www.singpost.com. The key comes with a business account and is not given
// to private persons. Neither the documentation nor an answer was available: the
// form is known from three public clients, and only one of its codes has a known
// meaning. So every difference is reported as changed, with a note that this is
// why, and the words of an event decide what it means.
package singpost

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Singapore Post.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "singpost",
		Title:     "Singapore Post",
		Site:      "https://www.singpost.com",
		Page:      "https://www.singpost.com/track-items",
		Role:      carriers.RoleOrigin,
		Countries: []string{home},
		Country:   home,
		Language:  "en",
		Covers:    "`..SG`",
		Key:       "business key",
		BaseURL:   "https://apim.singpost.com",
		Interval:  5 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     10,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "API key of the tracking API for businesses"},
		},
		Canary: "RB328428764SG", // an example of the postal union's
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{Zone: "Asia/Singapore"})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Singapore. Whether the service answers for others is
// not known.
func (*carrier) Match(n number.Number) carriers.Match {
	return adapter.If(n.Country() == home, carriers.Yes)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, unclear(err)
	}
	return adapter.All(numbers, func(n number.Number) (carriers.Result, error) {
		res, err := c.read(answer, n)
		return res, unclear(err)
	}), nil
}
