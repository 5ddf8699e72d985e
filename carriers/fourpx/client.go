package fourpx

import (
	"context"
	"slices"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/track/v2/front/listTrackV3", JSON: question{Codes: []string{string(n)}, Language: "en-us"},
	})
	if err != nil {
		return res, err
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
		return res, err
	}
	if err := c.refused(ans, e); err != nil {
		return res, err
	}
	i := slices.IndexFunc(*e.Data, func(it item) bool { return adapter.Same(n, it.Query) })
	if i < 0 {
		return res, c.Changed(ans, "no item of the number asked")
	}
	return c.read(ans, (*e.Data)[i], n)
}

// refused reads an envelope that reports a failure, in English or in Chinese.
func (c *carrier) refused(ans adapter.Answer, e envelope) error {
	switch {
	case e.Result == "1" && e.Data != nil:
		return nil
	case e.Result == "1":
		return c.Changed(ans, "no data in the answer")
	case e.Result != "0":
		return c.Changed(ans, "no result in the answer")
	case adapter.Mentions(e.Message, "limit", "frequen", "too many", "频繁", "限流", "过多"):
		return c.Throttled(ans, "service says: %s", e.Message)
	default:
		return c.Fail(carriers.ErrTemporary, "service says: %s", e.Message)
	}
}
