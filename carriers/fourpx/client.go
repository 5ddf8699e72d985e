package fourpx

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the one call there is, and finds the number's item.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, item, error) {
	body, err := json.Marshal(question{Codes: []string{string(n)}, Language: "en-us"})
	if err != nil {
		return adapter.Answer{}, item{}, c.client.Fail(carriers.ErrChanged, "request cannot be made: %v", err)
	}
	ans, err := c.client.Do(ctx, adapter.Request{
		Method: http.MethodPost,
		Path:   "/track/v2/front/listTrackV3",
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   body,
	})
	if err != nil {
		return ans, item{}, err
	}
	var e envelope
	if err := c.client.JSON(ans, &e); err != nil {
		return ans, item{}, err
	}
	if err := c.refused(ans, e); err != nil {
		return ans, item{}, err
	}
	for _, it := range *e.Data {
		if adapter.Same(n, string(it.Query)) {
			return ans, it, nil
		}
	}
	return ans, item{}, c.client.Changed(ans, "no item of the number asked")
}

// refused reads an envelope that says no, in English or in Chinese.
func (c *carrier) refused(ans adapter.Answer, e envelope) error {
	switch {
	case e.Result == "1" && e.Data != nil:
		return nil
	case e.Result == "1":
		return c.client.Changed(ans, "no data in the answer")
	case e.Result != "0":
		return c.client.Changed(ans, "no result in the answer")
	}
	words := strings.ToLower(string(e.Message))
	for _, limit := range []string{"limit", "frequen", "too many", "频繁", "限流", "过多"} {
		if strings.Contains(words, limit) {
			return c.client.Throttled(ans, "service says: %s", e.Message)
		}
	}
	return c.client.Fail(carriers.ErrTemporary, "service says: %s", e.Message)
}
