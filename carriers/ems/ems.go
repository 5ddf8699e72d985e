// Package ems asks the public tracker of the EMS Cooperative, which the posts
// share for their express items (E? numbers): China EMS and all others. Site:
// https://www.ems.post. It takes no key. The answer is a part of a web page, known
// from public clients. Programs whose name does not look like a browser's are
// refused. No limits are published, so the adapter asks a few times a day. The
// tracker prints wall clocks without a zone and may lack domestic scans.
package ems

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of the service.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "ems",
		Title:     "EMS (China EMS and others)",
		Called:    "EMS",
		Site:      "https://www.ems.post",
		Page:      "https://items.ems.post/api/publicTracking/track?language=EN&itemId=%s",
		Role:      carriers.RoleOrigin,
		Language:  "en",
		Standard:  true,
		Covers:    "`E?.........` of EMS posts",
		BaseURL:   "https://items.ems.post",
		Interval:  5 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
		Canary:    "EB000000005CN", // the answer for an unknown number is recorded
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims express items with an S10 number. For those of China no other
// service can be asked.
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

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
