package inpost

import (
	"context"
	"net/http"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call. An unknown number is HTTP 404 with an error in JSON.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/v1/tracking" + adapter.Path(string(n)),
		Own:  []int{http.StatusNotFound, http.StatusBadRequest, http.StatusUnprocessableEntity},
	})
	if err != nil {
		return res, err
	}
	if ans.Status >= http.StatusBadRequest {
		return res, c.refused(ans)
	}
	var all answers
	if err := c.JSON(ans, &all); err != nil {
		return res, err
	}
	if len(all) == 0 {
		return res, c.Changed(ans, "no parcel in the answer")
	}
	return c.read(ans, all, n)
}

// refused reads an error. One that is not the service's own (a gateway's, a web
// page) does not concern the number.
func (c *carrier) refused(ans adapter.Answer) error {
	var p problem
	if err := c.JSON(ans, &p); err != nil {
		return err
	}
	words := p.Error + " " + p.Message
	if adapter.Mentions(words, "not_found", "not found", "nie znaleziono", "validation", "tracking_number", "invalid") {
		return c.Fail(carriers.ErrNotFound, "service says: %s", words)
	}
	return c.Changed(ans, "HTTP %d: %s", ans.Status, words)
}
