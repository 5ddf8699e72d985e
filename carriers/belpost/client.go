package belpost

import (
	"context"
	"encoding/json"
	"net/http"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// agent says who asks, in the form of a browser's: all clients that are known to
// be answered send one.
const agent = "Mozilla/5.0 (compatible; parcelwatch/1; parcel tracking daemon, few polite requests)"

// ask makes the one call there is. A refusal, in JSON or as a page, is its way
// to say that requests came too fast.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, []item, error) {
	body, err := json.Marshal(question{Number: string(n)})
	if err != nil {
		return adapter.Answer{}, nil, c.client.Fail(carriers.ErrChanged, "request cannot be made: %v", err)
	}
	ans, err := c.client.Do(ctx, adapter.Request{
		Method: http.MethodPost,
		Path:   "/api/v1/tracking",
		Header: http.Header{"Content-Type": {"application/json"}, "User-Agent": {agent}},
		Body:   body,
		Own:    []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity},
	})
	if err != nil {
		return ans, nil, err
	}
	switch {
	case ans.Status == http.StatusForbidden:
		return ans, nil, c.client.Throttled(ans, "HTTP 403, its way to say slow down")
	case c.client.Page(ans) != nil:
		return ans, nil, c.client.Throttled(ans, "a web page came instead of data, its way to say slow down")
	case ans.Status == http.StatusNotFound:
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "HTTP 404")
	}
	var e envelope
	if err := c.client.JSON(ans, &e); err != nil {
		return ans, nil, err
	}
	switch {
	case ans.Status == http.StatusUnprocessableEntity && e.badNumber():
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "the number is refused by its form")
	case ans.Status == http.StatusUnprocessableEntity:
		return ans, nil, c.client.Changed(ans, "request refused: %s", e.Message)
	case e.Data == nil:
		return ans, nil, c.client.Changed(ans, "no data in the answer")
	case len(*e.Data) == 0:
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "empty data")
	}
	return ans, *e.Data, nil
}
