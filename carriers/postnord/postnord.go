// Package postnord asks PostNord, the post of Sweden and Denmark, which also
// delivers in Norway and Finland. Site: https://www.postnord.com. It takes a key
// that https://developer.postnord.com gives to anyone who registers, free of
// charge; the protocol (Track and Trace v5) is documented there. The key is a
// part of the request's URL, so no URL is ever shown. An unknown number is an
// empty list. Limits are not published.
package postnord

import (
	"context"
	"net/url"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of PostNord.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "postnord",
		Title:     "PostNord",
		Site:      "https://www.postnord.com",
		Page:      "https://tracking.postnord.com/en/tracking?id=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"SE", "DK", "NO", "FI"},
		Language:  "en",
		Covers:    "Sweden, Denmark, Norway, Finland",
		Key:       "free",
		BaseURL:   "https://api2.postnord.com",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "API key of the developer portal"},
		},
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Personal: []string{
		"name", "street1", "street2", "signature",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Sweden and Denmark. Items of other posts may be on
// their way there, and partners use 18 digits.
func (*carrier) Match(n number.Number) carriers.Match {
	switch n.Country() {
	case "SE", "DK":
		return carriers.Yes
	default:
		return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyPartner), carriers.Maybe)
	}
}

// Ask makes the call. A wrong key is HTTP 403, a wrong number HTTP 200 with a
// fault.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	var e envelope
	ans, err := c.Fetch(ctx, adapter.Request{
		Path:  "/rest/shipment/v5/trackandtrace/findByIdentifier.json",
		Query: url.Values{"apikey": {c.Setting("key")}, "id": {string(n)}, "locale": {"en"}},
	}, &e)
	if err != nil {
		return res, err
	}
	r := e.Response
	switch {
	case r == nil:
		return res, c.Changed(ans, "no TrackingInformationResponse in the answer")
	case len(r.Fault.Faults) > 0:
		return res, c.fault(ans, r.Fault.Faults[0])
	case r.Shipments == nil:
		return res, c.Changed(ans, "no shipments in the answer")
	case len(*r.Shipments) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no shipments")
	}
	return c.read(ans, *r.Shipments, n)
}

// fault reads a refusal. The portal documents one fault only.
func (c *carrier) fault(ans adapter.Answer, f fault) error {
	if f.Code == "invalidIdentifier" {
		return c.Fail(carriers.ErrNotFound, "the number is refused by its form")
	}
	return c.Changed(ans, "service says %s: %s", f.Code, f.Text)
}
