package postnord

import (
	"context"
	"net/url"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call. A wrong key is HTTP 403, a wrong number HTTP 200 with a
// fault.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:  "/rest/shipment/v5/trackandtrace/findByIdentifier.json",
		Query: url.Values{"apikey": {c.Setting("key")}, "id": {string(n)}, "locale": {"en"}},
	})
	if err != nil {
		return res, err
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
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
