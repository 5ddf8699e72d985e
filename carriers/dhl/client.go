package dhl

import (
	"context"
	"net/http"
	"net/url"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call. An unknown number is HTTP 404 with a problem document.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
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
	if adapter.Mentions(p.Title+" "+p.Detail, "shipment", "result", "tracking") {
		return c.Fail(carriers.ErrNotFound, "service says: %s: %s", p.Title, p.Detail)
	}
	return c.Changed(ans, "HTTP %d: %s %s", ans.Status, p.Title, p.Detail)
}
