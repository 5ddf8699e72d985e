package belpost

import (
	"context"
	"net/http"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call. A refusal, as JSON or as a web page, means that requests
// came too fast.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/api/v1/tracking",
		Header: http.Header{"User-Agent": {adapter.BrowserAgent}},
		JSON:   question{Number: string(n)},
		Own:    []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity},
	})
	if err != nil {
		return res, err
	}
	switch {
	case ans.Status == http.StatusForbidden:
		return res, c.Throttled(ans, "HTTP 403, its way to say slow down")
	case c.Page(ans) != nil:
		return res, c.Throttled(ans, "a web page came instead of data, its way to say slow down")
	case ans.Status == http.StatusNotFound:
		return res, c.Fail(carriers.ErrNotFound, "HTTP 404")
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
		return res, err
	}
	switch {
	case ans.Status == http.StatusUnprocessableEntity && e.badNumber():
		return res, c.Fail(carriers.ErrNotFound, "the number is refused by its form")
	case ans.Status == http.StatusUnprocessableEntity:
		return res, c.Changed(ans, "request refused: %s", e.Message)
	case e.Data == nil:
		return res, c.Changed(ans, "no data in the answer")
	case len(*e.Data) == 0:
		return res, c.Fail(carriers.ErrNotFound, "empty data")
	}
	return c.read(ans, *e.Data, n)
}
