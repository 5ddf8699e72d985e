// Package correos asks Correos, the post of Spain. Site: https://www.correos.es.
// It takes no key. The protocol is not published; it is known from two public
// clients (hermes, ha-correos). The first service answers an unknown number with
// nothing or with a web page, which can also mean that it is out of order. A
// second service, on another host and less well known, then tells which it is.
// No limits are published, so the adapter makes few requests.
package correos

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

const secondHost = "https://localizador.correos.es"

// Info returns the facts of Correos.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "correos",
		Title:     "Correos",
		Site:      "https://www.correos.es",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "es",
		Covers:    "Spain",
		BaseURL:   "https://api1.correos.es",
		Hosts:     []string{secondHost},
		Interval:  10 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
	}
}

// New returns the carrier. A configured endpoint replaces both hosts.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	personal := []string{"nombre_cliente", "destinatario", "remitente"}
	other := cfg
	other.BaseURL = cmp.Or(cfg.BaseURL, secondHost)
	second, err := adapter.NewClient(Info(), other, personal...)
	if err != nil {
		return nil, err
	}
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Madrid", Personal: personal}, func(b adapter.Base) carriers.Carrier {
		return adapter.OneByOne(&carrier{b, second})
	})
}

type carrier struct {
	adapter.Base

	second *adapter.Client
}

// Match claims the S10 numbers of Spain and the domestic form of 23 characters.
// Items of other posts may be on their way there.
func (*carrier) Match(n number.Number) carriers.Match {
	if adapter.Is(n, number.FamilyCorreos) {
		return carriers.Yes
	}
	return adapter.National(n, home)
}

// Ask asks the first service, and the second if the first has no events. The
// texts are asked for in Spanish: the phase alone does not tell an office from a
// courier, and the table holds the words in that language.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:  "/digital-services/searchengines/api/v1/envios",
		Query: url.Values{"text": {string(n)}, "language": {"ES"}},
		Own:   []int{http.StatusBadRequest},
	})
	switch {
	case err != nil:
		return res, err
	case ans.Status == http.StatusBadRequest:
		return res, c.Fail(carriers.ErrNotFound, "the number is refused by its form")
	case ans.Status == http.StatusNoContent:
		return res, c.Fail(carriers.ErrNotFound, "HTTP 204")
	}
	if page := c.Page(ans); errors.Is(page, carriers.ErrChanged) {
		return c.askSecond(ctx, n)
	}
	// A configured endpoint may answer in the form of the second service.
	if bytes.HasPrefix(bytes.TrimSpace(ans.Body), []byte("[")) {
		return c.listed(ans, n)
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
		return res, err
	}
	switch {
	case e.Shipments == nil:
		return res, c.Changed(ans, "no shipment in the answer")
	case len(*e.Shipments) == 0, len((*e.Shipments)[0].Events) == 0:
		return c.askSecond(ctx, n)
	}
	return c.read(ans, (*e.Shipments)[0].sent(), n)
}

// askSecond asks the service that tells an unknown number from a failure.
func (c *carrier) askSecond(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.second.Do(ctx, adapter.Request{Path: "/canonico/eventos_envio_servicio" + adapter.Path(string(n))})
	if err != nil {
		return res, err
	}
	return c.listed(ans, n)
}

// listed reads an answer of the second service, a list with one item.
func (c *carrier) listed(ans adapter.Answer, n number.Number) (res carriers.Result, err error) {
	var items []item
	if err := c.JSON(ans, &items); err != nil {
		return res, err
	}
	if len(items) == 0 {
		return res, c.Changed(ans, "empty list")
	}
	it := items[0]
	switch it.Error.Code {
	case "3":
		return res, c.Fail(carriers.ErrNotFound, "codError 3")
	case "0", "":
	default:
		return res, c.Changed(ans, "codError %s: %s", it.Error.Code, it.Error.Text)
	}
	if it.Events == nil {
		return res, c.Changed(ans, "no eventos in the answer")
	}
	return c.read(ans, it.sent(), n)
}
