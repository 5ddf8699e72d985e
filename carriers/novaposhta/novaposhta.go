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
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Nova Poshta.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "novaposhta",
		Title:     "Nova Poshta",
		Site:      "https://novaposhta.ua",
		Page:      "https://novaposhta.ua/tracking/%s",
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
	base, err := adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Kyiv", Personal: []string{
		"RecipientFullName", "RecipientFullNameEW", "SenderFullNameEW", "PhoneRecipient",
		"PhoneSender", "CounterpartyRecipientDescription", "CounterpartySenderDescription",
		"RecipientAddress", "SenderAddress", "WarehouseRecipientAddress", "OwnerDocumentNumber",
		"CardMaskedNumber",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
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

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

// one asks for the history and, if that fails, for the current state.
func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
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
