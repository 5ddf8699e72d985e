// Package dhl asks DHL's Shipment Tracking Unified, which answers for its parcel
// services in Germany and elsewhere, for express and for eCommerce. Site:
// https://www.dhl.com. It takes a key that https://developer.dhl.com gives to
// anyone free of charge, for 250 calls a day from midnight in Greenwich, one in 5
// seconds; the protocol is documented there. Most times are wall clocks of the
// places, and a delivery may be described by nothing but the name of who signed.
package dhl

import (
	"context"
	_ "embed" // the code table
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

//go:embed codes.tsv
var codes string

// Info is what is known of DHL.
func Info() carriers.Info {
	return carriers.Info{ //nolint:gosec // names of settings, no credentials
		Name:      "dhl",
		Title:     "DHL",
		Site:      "https://www.dhl.com",
		Page:      "https://www.dhl.com/en/home/tracking.html?tracking-id=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"DE"},
		BaseURL:   "https://api-eu.dhl.com",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Budget:    250,
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "API key of an app with Shipment Tracking - Unified"},
		},
		CredentialHelp: "free at https://developer.dhl.com: make an app with Shipment Tracking - Unified",
		Canary:         "00340434292135100124", // of the documentation; forgotten after 90 days like all others
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "name", "givenName", "familyName", "organizationName", "streetAddress",
		"postalCode", "addressLocality", "description", "remark", "signatureUrl", "documentUrl")
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	return &carrier{client: client, codes: table, key: cfg.Settings["key"]}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
	key    string
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of DHL's own forms and of numbers that the German post gave. It
// also answers for other posts' items on the way to Germany, and ten digits may
// be its express.
func (*carrier) Match(n number.Number) carriers.Match {
	own := n.Family() == number.FamilyDHL && len(n) > 10 && (n[0] == 'J' || strings.HasPrefix(string(n), "00340434"))
	if n.Country() == "DE" || own && n.Check() != number.CheckWrong {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyDHL), carriers.Maybe)
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
