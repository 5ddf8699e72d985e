// Package postnord asks PostNord, the post of Sweden and Denmark, which also
// delivers in Norway and Finland. Site: https://www.postnord.com. It takes the
// key that the portal https://developer.postnord.com gives to anyone who
// registers, free of charge; the protocol (Track and Trace v5) is documented
// there. The key travels in the address, so that no address is ever shown. A
// number it does not know is an empty list; limits are not published.
package postnord

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

// Info is what is known of PostNord.
func Info() carriers.Info {
	return carriers.Info{ //nolint:gosec // names of settings, no credentials
		Name:      "postnord",
		Title:     "PostNord",
		Site:      "https://www.postnord.com",
		Page:      "https://tracking.postnord.com/en/tracking?id=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"SE", "DK", "NO", "FI"},
		BaseURL:   "https://api2.postnord.com",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "API key of the developer portal"},
		},
		CredentialHelp: "free at https://developer.postnord.com: register, make an application, copy its API key",
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "name", "street1", "street2", "signature")
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	clocks, err := newClocks()
	if err != nil {
		return nil, err
	}
	return &carrier{client: client, codes: table, clocks: clocks, key: cfg.Settings["key"]}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
	clocks map[string]clock
	key    string
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of the numbers of its two countries. It also answers for other
// posts' items on the way there, and for partners' 18 digits.
func (*carrier) Match(n number.Number) carriers.Match {
	switch n.Country() {
	case "SE", "DK":
		return carriers.Yes
	default:
		return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyPartner), carriers.Maybe)
	}
}

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, shipments, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, shipments, n)
}
