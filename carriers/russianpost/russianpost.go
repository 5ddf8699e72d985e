// Package russianpost asks Russian Post's single access (rtm34, SOAP 1.2). Site:
// https://www.pochta.ru. It takes the login and password that the portal
// https://tracking.pochta.ru gives to anyone with an ordinary account, free of
// charge, for 100 requests a day; the protocol is documented there. A spent limit
// is reported as an authorization error, and told apart here. Who sends and who
// receives is in every answer and never read.
package russianpost

import (
	"context"
	_ "embed" // the code table
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

//go:embed codes.tsv
var codes string

// Info is what is known of Russian Post.
func Info() carriers.Info {
	return carriers.Info{ //nolint:gosec // names of settings, no credentials
		Name:      "russianpost",
		Title:     "Russian Post",
		Site:      "https://www.pochta.ru",
		Page:      "https://www.pochta.ru/tracking?barcode=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"RU"},
		BaseURL:   "https://tracking.russianpost.ru",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Budget:    100,
		Day:       adapter.Fixed(3 * 3600), // Moscow; the portal does not say when the day turns
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "login", Required: true, Help: "login of the tracking portal's API, not of pochta.ru itself"},
			{Name: "password", Secret: true, Required: true, Help: "password of the tracking portal's API"},
		},
		CredentialHelp: "free at https://tracking.pochta.ru with any pochta.ru account: log in, accept the terms, see the settings of access",
		Canary:         "RA644000001RU",
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg, "Sndr", "Rcpn")
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	return &carrier{client: client, codes: table, login: cfg.Settings["login"], password: cfg.Settings["password"]}, nil
}

type carrier struct {
	client          *adapter.Client
	codes           adapter.Table
	login, password string
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of its own numbers: the postal union's ..RU and the domestic 14
// digits with their check digit. It also answers for other posts' items on the
// way to Russia.
func (*carrier) Match(n number.Number) carriers.Match {
	switch {
	case n.Country() == "RU", n.Family() == number.FamilyRussianPost && n.Check() == number.CheckOK:
		return carriers.Yes
	default:
		return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyRussianPost), carriers.Maybe)
	}
}

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, history, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, history, n)
}
