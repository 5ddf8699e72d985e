package posteitaliane

import (
	"context"
	"encoding/json"
	"net/http"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the one call there is. The site's own pages send where they come
// from, so this does.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, envelope, error) {
	var e envelope
	body, err := json.Marshal(question{Kind: "WEB", Number: string(n), Period: 1})
	if err != nil {
		return adapter.Answer{}, e, c.client.Fail(carriers.ErrChanged, "request cannot be made: %v", err)
	}
	ans, err := c.client.Do(ctx, adapter.Request{
		Method: http.MethodPost,
		Path:   "/online/dovequando/DQ-REST/ricercasemplice",
		Header: http.Header{
			"Content-Type": {"application/json"}, "Origin": {"https://www.poste.it"}, "Referer": {"https://www.poste.it/cerca/index.html"},
		},
		Body: body,
	})
	if err != nil {
		return ans, e, err
	}
	if err := c.client.JSON(ans, &e); err != nil {
		return ans, e, err
	}
	switch e.Result {
	case "1", "2":
		return ans, e, c.client.Fail(carriers.ErrNotFound, "esitoRicerca %s", e.Result)
	case "3":
		return ans, e, nil
	default:
		return ans, e, c.client.Changed(ans, "esitoRicerca is %q", e.Result)
	}
}
