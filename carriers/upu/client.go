package upu

import (
	"bytes"
	"context"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the one call there is. Zero bytes are its "not known".
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, []item, error) {
	ans, err := c.client.Do(ctx, adapter.Request{
		Path: "/gtt.api/service.svc/rest/ItemTTWithTrans" + adapter.Path(string(n), "EN"),
	})
	if err != nil {
		return ans, nil, err
	}
	if len(bytes.TrimSpace(ans.Body)) == 0 {
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "empty answer")
	}
	var items []item
	if err := c.client.JSON(ans, &items); err != nil {
		return ans, nil, err
	}
	switch {
	case items == nil:
		return ans, nil, c.client.Changed(ans, "no list in the answer")
	case len(items) == 0:
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "empty list")
	}
	return ans, items, nil
}
