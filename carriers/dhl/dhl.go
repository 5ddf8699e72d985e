// Package dhl asks DHL's Shipment Tracking - Unified, which covers its parcel
// services in Germany and elsewhere, DHL Express and eCommerce. Site:
// https://www.dhl.com. It takes a key that https://developer.dhl.com gives to
// anyone free of charge, for 250 calls a day from midnight UTC and one call in 5
// seconds; the protocol is documented there. Most times are wall clocks of the
// places. The description of a delivery may be just the name of the signatory.
package dhl

import (
	"context"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of DHL.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "dhl",
		Title:     "DHL",
		Site:      "https://www.dhl.com",
		Page:      "https://www.dhl.com/en/home/tracking.html?tracking-id=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"DE"},
		Language:  "en",
		Covers:    "Germany and others",
		Key:       "free",
		BaseURL:   "https://api-eu.dhl.com",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Budget:    250,
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "API key of an app with Shipment Tracking - Unified"},
		},
		Canary: "00340434292135100124", // from the documentation; numbers are forgotten after 90 days
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	base, err := adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true, Personal: []string{
		"name", "givenName", "familyName", "organizationName", "streetAddress", "postalCode",
		"addressLocality", "description", "remark", "signatureUrl", "documentUrl",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

// Match claims DHL's own forms and the S10 numbers of Germany. Items of other
// posts may be on their way there, and ten digits may be DHL Express.
func (*carrier) Match(n number.Number) carriers.Match {
	own := n.Family() == number.FamilyDHL && len(n) > 10 && (n[0] == 'J' || strings.HasPrefix(string(n), "00340434"))
	if n.Country() == "DE" || own && n.Check() != number.CheckWrong {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyDHL), carriers.Maybe)
}

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
