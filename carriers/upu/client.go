package upu

import (
	"bytes"
	"context"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call. An unknown number is an answer of zero bytes.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/gtt.api/service.svc/rest/ItemTTWithTrans" + adapter.Path(string(n), "EN"),
	})
	if err != nil {
		return res, err
	}
	if len(bytes.TrimSpace(ans.Body)) == 0 {
		return res, c.Fail(carriers.ErrNotFound, "empty answer")
	}
	var items []item
	if err := c.JSON(ans, &items); err != nil {
		return res, err
	}
	switch {
	case items == nil:
		return res, c.Changed(ans, "no list in the answer")
	case len(items) == 0:
		return res, c.Fail(carriers.ErrNotFound, "empty list")
	}
	return c.read(ans, items, n)
}
