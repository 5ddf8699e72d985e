package cainiao

import (
	"context"
	"net/url"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// reply is one call's answer, kept for what may be found wrong in it later.
type reply struct {
	adapter.Answer
	module []entry
}

// ask makes the one call there is.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (reply, error) {
	list := make([]string, 0, len(numbers))
	for _, n := range numbers {
		list = append(list, string(n))
	}
	ans, err := c.client.Do(ctx, adapter.Request{
		Path: "/global/detail.json",
		Query: url.Values{
			"mailNos": {strings.Join(list, ",")}, "lang": {"en-US"}, "language": {"en-US"},
		},
	})
	if err != nil {
		return reply{}, err
	}
	var e envelope
	if c.client.Page(ans) != nil {
		return reply{}, c.client.Throttled(ans, "a web page came instead of data, its way to say slow down")
	}
	if err := c.client.JSON(ans, &e); err != nil {
		return reply{}, err
	}
	if err := c.refused(ans, e); err != nil {
		return reply{}, err
	}
	return reply{ans, e.Module}, nil
}

// refused reads an envelope that says no. Its codes are Alibaba's gateway's;
// only the limits are told apart, the rest is a passing failure of theirs.
func (c *carrier) refused(ans adapter.Answer, e envelope) error {
	switch {
	case e.Success == nil:
		return c.client.Changed(ans, "no success in the answer")
	case *e.Success && e.Module == nil:
		return c.client.Changed(ans, "no module in the answer")
	case *e.Success:
		return nil
	}
	code := strings.ToUpper(string(e.ErrorCode) + " " + string(e.ErrorMsg))
	for _, limit := range []string{"LIMIT", "TRAFFIC", "VALIDATE", "RGV587", "FREQUEN", "TOO MANY"} {
		if strings.Contains(code, limit) {
			return c.client.Throttled(ans, "service says %s", code)
		}
	}
	return c.client.Fail(carriers.ErrTemporary, "service says %s", code)
}
