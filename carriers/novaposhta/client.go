package novaposhta

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// history asks as the site does. Only its own words make a 404 "not found".
func (c *carrier) history(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, err := c.client.Do(ctx, adapter.Request{
		Path: "/site/v.1.0/shipments/tracking" + adapter.Path(string(n)),
		Own:  []int{http.StatusNotFound},
	})
	if err != nil {
		return carriers.Result{}, err
	}
	var s shipment
	if err := c.client.JSON(ans, &s); err != nil {
		return carriers.Result{}, err
	}
	if ans.Status == http.StatusNotFound {
		if strings.Contains(string(s.Errors), "not_found") {
			return carriers.Result{}, c.client.Fail(carriers.ErrNotFound, "HTTP 404 not_found")
		}
		return carriers.Result{}, c.client.Changed(ans, "HTTP 404 without not_found")
	}
	return c.read(ans, s, n)
}

// state asks the documented service, which tells the last state only.
func (c *carrier) state(ctx context.Context, n number.Number) (carriers.Result, error) {
	q := question{Key: c.key, Model: "TrackingDocument", Method: "getStatusDocuments"}
	q.Properties.Documents = []asked{{Number: string(n)}}
	body, err := json.Marshal(q) //nolint:gosec // the key goes where it belongs
	if err != nil {
		return carriers.Result{}, c.client.Fail(carriers.ErrChanged, "request cannot be made: %v", err)
	}
	ans, err := c.client.Do(ctx, adapter.Request{
		Method: http.MethodPost,
		Path:   "/v2.0/json/",
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   body,
	})
	if err != nil {
		return carriers.Result{}, err
	}
	var r states
	if err := c.client.JSON(ans, &r); err != nil {
		return carriers.Result{}, err
	}
	if r.Success == nil {
		return carriers.Result{}, c.client.Changed(ans, "no success in the answer")
	}
	if !*r.Success {
		return carriers.Result{}, c.refused(ans, r)
	}
	for _, d := range r.Data {
		if adapter.Same(n, string(d.Number)) {
			return c.readState(ans, d, n)
		}
	}
	return carriers.Result{}, c.client.Changed(ans, "no record of the number asked")
}

// refused reads what the documented service complains about: the number's form,
// the key, too many requests, else something of its own.
func (c *carrier) refused(ans adapter.Answer, r states) error {
	words := strings.ToLower(string(r.Errors) + " " + string(r.ErrorCodes))
	holds := func(part string) bool { return strings.Contains(words, part) }
	switch {
	case holds("20001401442"), holds("document number is not correct"):
		return c.client.Fail(carriers.ErrNotFound, "the number is refused by its form")
	case holds("many requests"), holds("limit"):
		return c.client.Throttled(ans, "service says: %s", r.Errors)
	case holds("api key"), holds("apikey"):
		return c.client.Fail(carriers.ErrDenied, "the key is refused")
	default:
		return c.client.Fail(carriers.ErrTemporary, "service says: %s %s", r.Errors, r.ErrorCodes)
	}
}
