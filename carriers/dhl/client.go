package dhl

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the one call there is. A number that is not known is HTTP 404 with a
// problem document.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, []shipment, error) {
	ans, err := c.client.Do(ctx, adapter.Request{
		Path:   "/track/shipments",
		Query:  url.Values{"trackingNumber": {string(n)}, "language": {"en"}},
		Header: http.Header{"DHL-API-Key": {c.key}},
		Own:    []int{http.StatusNotFound, http.StatusBadRequest},
	})
	if err != nil {
		return ans, nil, err
	}
	if ans.Status >= http.StatusBadRequest {
		return ans, nil, c.refused(ans)
	}
	var e envelope
	if err := c.client.JSON(ans, &e); err != nil {
		return ans, nil, err
	}
	switch {
	case e.Shipments == nil:
		return ans, nil, c.client.Changed(ans, "no shipments in the answer")
	case len(*e.Shipments) == 0:
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "empty list")
	}
	return ans, *e.Shipments, nil
}

// refused reads a problem document. Only one that speaks of the shipment or its
// number says that it is not known: a gateway also sends 404.
func (c *carrier) refused(ans adapter.Answer) error {
	var p problem
	if err := c.client.JSON(ans, &p); err != nil {
		return err
	}
	said := strings.ToLower(string(p.Title + " " + p.Detail))
	for _, word := range []string{"shipment", "result", "tracking"} {
		if strings.Contains(said, word) {
			return c.client.Fail(carriers.ErrNotFound, "service says: %s: %s", p.Title, p.Detail)
		}
	}
	return c.client.Changed(ans, "HTTP %d: %s %s", ans.Status, p.Title, p.Detail)
}
