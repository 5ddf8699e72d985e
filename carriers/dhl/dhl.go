// Package dhl asks DHL's Shipment Tracking - Unified, which covers its parcel
// services in Germany and elsewhere, DHL Express and eCommerce. Site:
// https://www.dhl.com. It takes a key that https://developer.dhl.com gives to
// anyone free of charge, for 250 calls a day from midnight UTC and one call in 5
// seconds; the protocol is documented there. Most times are wall clocks of the
// places. The description of a delivery may be just the name of the signatory.
package dhl

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of DHL.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "dhl",
		Title:     "DHL",
		Site:      "https://www.dhl.com",
		Page:      number.FamilyDHL.Page(),
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
	return adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true, Personal: []string{
		"name", "givenName", "familyName", "organizationName", "streetAddress", "postalCode",
		"addressLocality", "description", "remark", "signatureUrl", "documentUrl",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
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

// Ask makes the call. An unknown number is HTTP 404 with a problem document.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/track/shipments",
		Query:  url.Values{"trackingNumber": {string(n)}, "language": {"en"}},
		Header: http.Header{"DHL-API-Key": {c.Setting("key")}},
		Own:    []int{http.StatusNotFound, http.StatusBadRequest},
	})
	if err != nil {
		return res, err
	}
	if ans.Status >= http.StatusBadRequest {
		return res, c.refused(ans)
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
		return res, err
	}
	switch {
	case e.Shipments == nil:
		return res, c.Changed(ans, "no shipments in the answer")
	case len(*e.Shipments) == 0:
		return res, c.Fail(carriers.ErrNotFound, "empty list")
	}
	return c.read(ans, *e.Shipments, n)
}

// refused reads a problem document. A gateway also sends 404, so the number is
// unknown only if the document mentions the shipment or its number.
func (c *carrier) refused(ans adapter.Answer) error {
	var p problem
	if err := c.JSON(ans, &p); err != nil {
		return err
	}
	if textx.Mentions(p.Title+" "+p.Detail, "shipment", "result", "tracking") {
		return c.Fail(carriers.ErrNotFound, "service says: %s: %s", p.Title, p.Detail)
	}
	return c.Changed(ans, "HTTP %d: %s %s", ans.Status, p.Title, p.Detail)
}
