// Package novaposhta asks Nova Poshta (Nova Post abroad), a private carrier of
// Ukraine. Site: https://novaposhta.ua. The history comes from the service behind
// its site, which is not published and is known from several public clients. If
// that fails, the documented JSON-RPC (https://developers.novaposhta.ua) tells the
// current state of a Ukrainian number. Neither needs a key; a configured one is
// sent to the second. No limit is published. No phone number is sent, so that no
// names are returned.
package novaposhta

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Nova Poshta.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "novaposhta",
		Title:     "Nova Poshta",
		Site:      "https://novaposhta.ua",
		Page:      number.FamilyNovaPoshta.Page(),
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Language:  "uk",
		Covers:    "Ukraine",
		BaseURL:   "https://api.novaposhta.ua",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Help: "API key of the business cabinet; nothing needs it"},
		},
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Kyiv", Personal: []string{
		"RecipientFullName", "RecipientFullNameEW", "SenderFullNameEW", "PhoneRecipient",
		"PhoneSender", "CounterpartyRecipientDescription", "CounterpartySenderDescription",
		"RecipientAddress", "SenderAddress", "WarehouseRecipientAddress", "OwnerDocumentNumber",
		"CardMaskedNumber",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims the cross-border forms, and 14 digits that begin with 20 or 59,
// which are no Russian post codes. Those that begin with 1 are as often Russian.
func (*carrier) Match(n number.Number) carriers.Match {
	switch {
	case !adapter.Is(n, number.FamilyNovaPoshta):
		return adapter.If(strings.HasPrefix(string(n), "SHCN") && len(n) >= 10, carriers.Maybe)
	case n[0] == '1':
		return carriers.Maybe
	default:
		return carriers.Yes
	}
}

// Ask asks for the history and, if that fails, for the current state.
func (c *carrier) Ask(ctx context.Context, n number.Number) (carriers.Result, error) {
	res, err := c.history(ctx, n)
	if err == nil || !domestic(n) || ctx.Err() != nil ||
		errors.Is(err, carriers.ErrNotFound) || errors.Is(err, carriers.ErrThrottled) {
		return res, err
	}
	state, failed := c.state(ctx, n)
	switch {
	case failed == nil:
		state.Note = "current state only; the history: " + err.Error()
		return state, nil
	case errors.Is(failed, carriers.ErrNotFound):
		return carriers.Result{}, c.Fail(carriers.ErrNotFound, "%v; the history: %v", failed, err)
	case ctx.Err() != nil:
		return carriers.Result{}, failed
	default:
		return carriers.Result{}, err
	}
}

// domestic reports whether the JSON-RPC accepts the number.
func domestic(n number.Number) bool {
	return len(n) == 14 && strings.Trim(string(n), "0123456789") == ""
}

// history asks the service of the site. A 404 means "not found" only if the answer
// says so.
func (c *carrier) history(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	var s shipment
	ans, err := c.Fetch(ctx, adapter.Request{
		Path: "/site/v.1.0/shipments/tracking" + adapter.Path(string(n)),
		Own:  []int{http.StatusNotFound},
	}, &s)
	if err != nil {
		return res, err
	}
	if ans.Status == http.StatusNotFound {
		if strings.Contains(string(s.Errors), "not_found") {
			return res, c.Fail(carriers.ErrNotFound, "HTTP 404 not_found")
		}
		return res, c.Changed(ans, "HTTP 404 without not_found")
	}
	return c.read(ans, s, n)
}

// state asks the documented service, which knows the current state only.
func (c *carrier) state(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	q := question{Key: c.Setting("key"), Model: "TrackingDocument", Method: "getStatusDocuments"}
	q.Properties.Documents = []asked{{Number: string(n)}}
	var r states
	ans, err := c.Fetch(ctx, adapter.Request{Path: "/v2.0/json/", JSON: q}, &r)
	if err != nil {
		return res, err
	}
	if r.Success == nil {
		return res, c.Changed(ans, "no success in the answer")
	}
	if !*r.Success {
		return res, c.refused(ans, r)
	}
	for _, d := range r.Data {
		if adapter.Same(n, d.Number) {
			return c.readState(ans, d, n)
		}
	}
	return res, c.Changed(ans, "no record of the number asked")
}

// refused reads a failure of the documented service: the form of the number, the
// key, too many requests, or anything else.
func (c *carrier) refused(ans adapter.Answer, r states) error {
	words := string(r.Errors) + " " + string(r.ErrorCodes)
	switch {
	case textx.Mentions(words, "20001401442", "document number is not correct"):
		return c.Fail(carriers.ErrNotFound, "the number is refused by its form")
	case textx.Mentions(words, "many requests", "limit"):
		return c.Throttled(ans, "service says: %s", r.Errors)
	case textx.Mentions(words, "api key", "apikey"):
		return c.Fail(carriers.ErrCredential, "the key is refused")
	default:
		return c.Fail(carriers.ErrTemporary, "service says: %s", words)
	}
}
