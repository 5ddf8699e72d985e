// Package novaposhta asks Nova Poshta (Nova Post abroad), a private carrier of
// Ukraine. Site: https://novaposhta.ua. The history comes from what its site
// asks, which is not published and known from several public clients; where that
// fails, the documented JSON-RPC (https://developers.novaposhta.ua) tells the
// current state of a Ukrainian number. Neither wants a key; one that is set goes
// to the second. No limit is published. No phone is sent, so that no names come.
package novaposhta

import (
	"context"
	_ "embed" // the code table
	"errors"
	"fmt"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

//go:embed codes.tsv
var codes string

// Info is what is known of Nova Poshta.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "novaposhta",
		Title:     "Nova Poshta",
		Site:      "https://novaposhta.ua",
		Page:      "https://novaposhta.ua/tracking/%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		BaseURL:   "https://api.novaposhta.ua",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Help: "API key of the business cabinet; nothing needs it"},
		},
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg,
		"RecipientFullName", "RecipientFullNameEW", "SenderFullNameEW", "PhoneRecipient", "PhoneSender",
		"CounterpartyRecipientDescription", "CounterpartySenderDescription", "RecipientAddress", "SenderAddress",
		"WarehouseRecipientAddress", "OwnerDocumentNumber", "CardMaskedNumber")
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	zones, err := loadZones()
	if err != nil {
		return nil, fmt.Errorf("novaposhta: %w", err)
	}
	return &carrier{client: client, codes: table, key: cfg.Settings["key"], zones: zones}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
	key    string
	zones  map[string]*time.Location
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of the cross-border forms, and of 14 digits that begin with 20
// or 59, which no Russian post office does. Those that begin with 1 are Russian
// as often.
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

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

// one asks for the history and, where it cannot be had, for the state.
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
		return carriers.Result{}, c.client.Fail(carriers.ErrNotFound, "%v; the history: %v", failed, err)
	case ctx.Err() != nil:
		return carriers.Result{}, failed
	default:
		return carriers.Result{}, err
	}
}

// domestic reports numbers that the JSON-RPC takes.
func domestic(n number.Number) bool {
	return len(n) == 14 && strings.Trim(string(n), "0123456789") == ""
}
