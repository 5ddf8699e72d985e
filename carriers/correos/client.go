package correos

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask asks the first service and, where it has nothing to say, the second.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, sent, error) {
	// In Spanish, because the phase alone does not tell an office from a courier
	// and the words are known in that language.
	ans, err := c.client.Do(ctx, adapter.Request{
		Path:  "/digital-services/searchengines/api/v1/envios",
		Query: url.Values{"text": {string(n)}, "language": {"ES"}},
		Own:   []int{http.StatusBadRequest},
	})
	switch {
	case err != nil:
		return ans, sent{}, err
	case ans.Status == http.StatusBadRequest:
		return ans, sent{}, c.client.Fail(carriers.ErrNotFound, "the number is refused by its form")
	case ans.Status == http.StatusNoContent:
		return ans, sent{}, c.client.Fail(carriers.ErrNotFound, "HTTP 204")
	}
	if page := c.client.Page(ans); errors.Is(page, carriers.ErrChanged) {
		return c.askSecond(ctx, n)
	}
	// The second service's answer is taken too: an endpoint may stand for both.
	if bytes.HasPrefix(bytes.TrimSpace(ans.Body), []byte("[")) {
		return c.listed(ans)
	}
	var e envelope
	if err := c.client.JSON(ans, &e); err != nil {
		return ans, sent{}, err
	}
	switch {
	case e.Shipments == nil:
		return ans, sent{}, c.client.Changed(ans, "no shipment in the answer")
	case len(*e.Shipments) == 0, len((*e.Shipments)[0].Events) == 0:
		return c.askSecond(ctx, n)
	}
	return ans, (*e.Shipments)[0].sent(), nil
}

// askSecond asks the service that tells an unknown number from its own trouble.
func (c *carrier) askSecond(ctx context.Context, n number.Number) (adapter.Answer, sent, error) {
	ans, err := c.second.Do(ctx, adapter.Request{Path: "/canonico/eventos_envio_servicio" + adapter.Path(string(n))})
	if err != nil {
		return ans, sent{}, err
	}
	return c.listed(ans)
}

// listed reads the second service's answer, a list with one item.
func (c *carrier) listed(ans adapter.Answer) (adapter.Answer, sent, error) {
	var items []item
	if err := c.client.JSON(ans, &items); err != nil {
		return ans, sent{}, err
	}
	if len(items) == 0 {
		return ans, sent{}, c.client.Changed(ans, "empty list")
	}
	it := items[0]
	switch it.Error.Code {
	case "3":
		return ans, sent{}, c.client.Fail(carriers.ErrNotFound, "codError 3")
	case "0", "":
	default:
		return ans, sent{}, c.client.Changed(ans, "codError %s: %s", it.Error.Code, it.Error.Text)
	}
	if it.Events == nil {
		return ans, sent{}, c.client.Changed(ans, "no eventos in the answer")
	}
	return ans, it.sent(), nil
}
