// Package upu asks the postal union's Global Track & Trace, which collects the
// scans that posts exchange. Site: https://globaltracktrace.ptc.post. No key;
// the protocol is documented at https://upu.api.post/gtt/. It knows only what
// posts publish there, and the zone of no event: the offset it sends is its own
// server's. No limits are published, so a number is asked for a few times a day.
// "Not known" is an answer of zero bytes.
package upu

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
		Name:      "upu",
		Title:     "UPU Global Track & Trace",
		Site:      "https://globaltracktrace.ptc.post",
		Page:      "https://globaltracktrace.ptc.post/gtt.web/Search.aspx",
		Role:      carriers.RoleOrigin,
		BaseURL:   "https://globaltracktrace.ptc.post",
		Interval:  5 * time.Second,
		PerNumber: 6 * time.Hour,
		Batch:     1,
		Canary:    "RB328428764SG", // an example of the union's own
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "Signature")
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

// Match fits every number of the union's form; whether its post publishes
// there, only asking tells.
func (*carrier) Match(n number.Number) carriers.Match { return adapter.If(n.S10(), carriers.Maybe) }

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, items, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, items, n)
}
