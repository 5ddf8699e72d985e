package cainiao

import (
	"context"
	"net/url"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (adapter.Answer, []entry, error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:  "/global/detail.json",
		Query: url.Values{"mailNos": {adapter.List(numbers)}, "lang": {"en-US"}, "language": {"en-US"}},
	})
	if err != nil {
		return ans, nil, err
	}
	var e envelope
	if c.Page(ans) != nil {
		return ans, nil, c.Throttled(ans, "a web page came instead of data, its way to say slow down")
	}
	if err := c.JSON(ans, &e); err != nil {
		return ans, nil, err
	}
	if err := c.refused(ans, e); err != nil {
		return ans, nil, err
	}
	return ans, e.Module, nil
}

// refused reads an envelope without success. The codes are those of Alibaba's
// gateway: apart from the limits, all are taken for temporary failures.
func (c *carrier) refused(ans adapter.Answer, e envelope) error {
	switch {
	case e.Success == nil:
		return c.Changed(ans, "no success in the answer")
	case *e.Success && e.Module == nil:
		return c.Changed(ans, "no module in the answer")
	case *e.Success:
		return nil
	}
	code := strings.ToUpper(string(e.ErrorCode + " " + e.ErrorMsg))
	if adapter.Mentions(code, "limit", "traffic", "validate", "rgv587", "frequen", "too many") {
		return c.Throttled(ans, "service says %s", code)
	}
	return c.Fail(carriers.ErrTemporary, "service says %s", code)
}
