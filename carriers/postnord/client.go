package postnord

import (
	"context"
	"net/url"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the one call there is. A wrong key is HTTP 403; what is wrong with a
// number comes with HTTP 200.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, []shipment, error) {
	ans, err := c.client.Do(ctx, adapter.Request{
		Path:  "/rest/shipment/v5/trackandtrace/findByIdentifier.json",
		Query: url.Values{"apikey": {c.key}, "id": {string(n)}, "locale": {"en"}},
	})
	if err != nil {
		return ans, nil, err
	}
	var e envelope
	if err := c.client.JSON(ans, &e); err != nil {
		return ans, nil, err
	}
	r := e.Response
	switch {
	case r == nil:
		return ans, nil, c.client.Changed(ans, "no TrackingInformationResponse in the answer")
	case len(r.Fault.Faults) > 0:
		return ans, nil, c.fault(ans, r.Fault.Faults[0])
	case r.Shipments == nil:
		return ans, nil, c.client.Changed(ans, "no shipments in the answer")
	case len(*r.Shipments) == 0:
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "no shipments")
	}
	return ans, *r.Shipments, nil
}

// fault sorts what the service refuses. The portal names one fault only.
func (c *carrier) fault(ans adapter.Answer, f fault) error {
	if f.Code == "invalidIdentifier" {
		return c.client.Fail(carriers.ErrNotFound, "the number is refused by its form")
	}
	return c.client.Changed(ans, "service says %s: %s", f.Code, f.Text)
}
