package posteitaliane

import (
	"context"
	"net/http"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the call, with the origin that the pages of the site send.
func (c *carrier) ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/online/dovequando/DQ-REST/ricercasemplice",
		Header: http.Header{"Origin": {"https://www.poste.it"}, "Referer": {"https://www.poste.it/cerca/index.html"}},
		JSON:   question{Kind: "WEB", Number: string(n), Period: 1},
	})
	if err != nil {
		return res, err
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
		return res, err
	}
	switch {
	case e.Result == "1", e.Result == "2":
		return res, c.Fail(carriers.ErrNotFound, "esitoRicerca %s", e.Result)
	case e.Result == "3":
		return c.read(ans, e, n)
	case e.Result == "" && e.Movements != nil && len(*e.Movements) == 0 && (e.Number == "" || adapter.Same(n, e.Number)):
		return res, c.Fail(carriers.ErrNotFound, "no result and no movements: the number has expired")
	default:
		return res, c.Changed(ans, "esitoRicerca is %q", e.Result)
	}
}
