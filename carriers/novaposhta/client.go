package novaposhta

import (
	"context"
	"net/http"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// history asks the service of the site. A 404 means "not found" only if the answer
// says so.
func (c *carrier) history(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/site/v.1.0/shipments/tracking" + adapter.Path(string(n)),
		Own:  []int{http.StatusNotFound},
	})
	if err != nil {
		return res, err
	}
	var s shipment
	if err := c.JSON(ans, &s); err != nil {
		return res, err
	}
	if ans.Status == http.StatusNotFound {
		if strings.Contains(string(s.Errors), "not_found") {
			return res, c.Fail(carriers.ErrNotFound, "HTTP 404 not_found")
		}
		return res, c.Changed(ans, "HTTP 404 without not_found")
	}
	return c.read(ans, s, n)
}

// state asks the documented service, which knows the current state only.
func (c *carrier) state(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	q := question{Key: c.Setting("key"), Model: "TrackingDocument", Method: "getStatusDocuments"}
	q.Properties.Documents = []asked{{Number: string(n)}}
	ans, err := c.Do(ctx, adapter.Request{Path: "/v2.0/json/", JSON: q})
	if err != nil {
		return res, err
	}
	var r states
	if err := c.JSON(ans, &r); err != nil {
		return res, err
	}
	if r.Success == nil {
		return res, c.Changed(ans, "no success in the answer")
	}
	if !*r.Success {
		return res, c.refused(ans, r)
	}
	for _, d := range r.Data {
		if adapter.Same(n, d.Number) {
			return c.readState(ans, d, n)
		}
	}
	return res, c.Changed(ans, "no record of the number asked")
}

// refused reads a failure of the documented service: the form of the number, the
// key, too many requests, or anything else.
func (c *carrier) refused(ans adapter.Answer, r states) error {
	words := string(r.Errors) + " " + string(r.ErrorCodes)
	switch {
	case adapter.Mentions(words, "20001401442", "document number is not correct"):
		return c.Fail(carriers.ErrNotFound, "the number is refused by its form")
	case adapter.Mentions(words, "many requests", "limit"):
		return c.Throttled(ans, "service says: %s", r.Errors)
	case adapter.Mentions(words, "api key", "apikey"):
		return c.Fail(carriers.ErrDenied, "the key is refused")
	default:
		return c.Fail(carriers.ErrTemporary, "service says: %s", words)
	}
}
